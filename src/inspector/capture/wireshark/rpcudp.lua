-- Wireshark dissector for rpcudp: remote procedure calls over UDP, with the protocol of Python's
-- rpcudp 5.x and of the npm package.
--
--   wireshark -X lua_script:rpcudp.lua -o rpcudp.ports:1234,5678 file.pcapng
--
-- Without `-X`, put this file into the folder "Personal Lua Plugins" (Help > About Wireshark >
-- Folders). The protocol has no registered UDP port: set your ports in the preferences, or choose
-- "Decode As..." in the menu of a packet. The preference "Try all UDP datagrams" takes every
-- datagram that is valid rpcudp, on any port.
--
-- datagram = type(1) id(20) body [header map]. Body and header map are msgpack values. A bundle has
-- frames of the same form. What an endpoint would drop is marked as malformed, with the reason
-- under which the endpoint counts it.
--
-- For Lua 5.2 to 5.4: no bitwise operators, no integer division.

local rpcudp = Proto("rpcudp", "RPC over UDP")

local HEADER_BYTES = 21
local MIN_BYTES = 22
local MAX_REQUEST_BODY_BYTES = 8192
local MAX_REQUEST_BYTES = HEADER_BYTES + MAX_REQUEST_BODY_BYTES + 512
local MAX_DEPTH = 32
local MAX_BUNDLE_FRAMES = 256
local MAX_HEADERS = 15
local MAX_HEADER_NAME_LENGTH = 64
local MAX_READ_HEADERS_BYTES = 512
-- These limits bound what is shown, not what is read.
local MAX_TEXT_LENGTH = 4096
local MAX_SHOWN_ITEMS = 10000
local MAX_SUMMARY_LENGTH = 60
local MAX_SUMMARIES = 4

local REQUEST, RESPONSE, ERROR, CANCEL, BUNDLE, WORKING, CHALLENGE = 0, 1, 2, 3, 4, 5, 6
local PROBE, PRESENT = 10, 11
-- The first byte of the padding of a probe that asks for an answer with as much of it.
local ANSWER_AS_LONG = 1
local TYPE_NAMES = {
  [REQUEST] = "request",
  [RESPONSE] = "response",
  [ERROR] = "error",
  [CANCEL] = "cancel",
  [BUNDLE] = "bundle",
  [WORKING] = "working",
  [CHALLENGE] = "challenge",
  [PROBE] = "probe",
  [PRESENT] = "present",
}

local FAULTS = {
  tooShort = "a datagram has at least 22 bytes: a type, an id and a body",
  tooLong = "the body of a request has at most 8192 bytes",
  unknownType = "no type of datagram known here",
  truncated = "more is declared than the datagram holds",
  depth = "arrays and maps nest at most 32 deep",
  reserved = "msgpack never uses this byte",
  utf8 = "the string is not UTF-8",
  key = "no map may have the key __proto__",
  duplicateKey = "a map has the same key twice",
  timestamp = "no timestamp that a Date can hold",
  shape = "not what this type of datagram carries",
}

local f = {
  type = ProtoField.uint8("rpcudp.type", "Type", base.HEX, TYPE_NAMES),
  id = ProtoField.bytes("rpcudp.id", "Transaction id", base.NONE),
  procedure = ProtoField.string("rpcudp.procedure", "Procedure"),
  args = ProtoField.string("rpcudp.args", "Arguments"),
  value = ProtoField.string("rpcudp.value", "Value"),
  error_code = ProtoField.string("rpcudp.error.code", "Code"),
  error_message = ProtoField.string("rpcudp.error.message", "Message"),
  error_data = ProtoField.string("rpcudp.error.data", "Data"),
  item = ProtoField.string("rpcudp.item", "Item"),
  frames = ProtoField.uint32("rpcudp.frames", "Frames in the bundle", base.DEC),
  frame = ProtoField.none("rpcudp.frame", "Frame"),
  header = ProtoField.none("rpcudp.header", "Header map"),
  version = ProtoField.uint8("rpcudp.version", "Protocol version", base.DEC),
  attempt = ProtoField.uint8("rpcudp.attempt", "Attempt", base.DEC),
  remaining_ms = ProtoField.uint32("rpcudp.remaining_ms", "Milliseconds to the deadline", base.DEC),
  traceparent = ProtoField.string("rpcudp.traceparent", "Trace context"),
  token = ProtoField.bytes("rpcudp.token", "Token", base.NONE),
  headers = ProtoField.string("rpcudp.headers", "Headers"),
  one_way = ProtoField.bool("rpcudp.one_way", "One-way: nobody answers"),
  ignored = ProtoField.bytes("rpcudp.ignored", "Ignored bytes after the body", base.NONE),
  malformed = ProtoField.string("rpcudp.malformed", "Dropped as"),
  response_in = ProtoField.framenum("rpcudp.response_in", "Answered in", base.NONE, frametype.RESPONSE),
  request_in = ProtoField.framenum("rpcudp.request_in", "Request in", base.NONE, frametype.REQUEST),
  retransmission_of = ProtoField.framenum("rpcudp.retransmission_of", "Sent before in", base.NONE),
  time = ProtoField.relative_time("rpcudp.time", "Time since the request was first sent"),
}
local fields = {}
for _, field in pairs(f) do
  fields[#fields + 1] = field
end
rpcudp.fields = fields

local e = {
  malformed = ProtoExpert.new("rpcudp.expert.malformed", "An endpoint drops this",
    expert.group.MALFORMED, expert.severity.ERROR),
  cut = ProtoExpert.new("rpcudp.expert.cut", "The capture does not hold all of the datagram",
    expert.group.UNDECODED, expert.severity.WARN),
  error = ProtoExpert.new("rpcudp.expert.error", "The peer answered with an error",
    expert.group.RESPONSE_CODE, expert.severity.NOTE),
  retransmission = ProtoExpert.new("rpcudp.expert.retransmission", "The request was sent before",
    expert.group.SEQUENCE, expert.severity.NOTE),
}
rpcudp.experts = { e.malformed, e.cut, e.error, e.retransmission }

rpcudp.prefs.ports = Pref.range("UDP ports", "", "Local ports of rpcudp endpoints, such as 1234,5678", 65535)
rpcudp.prefs.heuristic = Pref.bool("Try all UDP datagrams", false,
  "Take every UDP datagram that reads as rpcudp without fault")

-- Reading msgpack ---------------------------------------------------------------------------------
--
-- A reader walks through the bytes of a frame, which are a Lua string. It fails by raising a table
-- { fault = reason }, which `guarded` catches. Nothing else is raised on purpose. `tree` gets the
-- items; it is nil when enough items are shown.

local function fail(reason)
  error({ fault = reason }, 0)
end

-- Runs `run`. Returns nil if it ends, or else the reason of its fault. Other errors are bugs of
-- this script and are raised again.
local function guarded(run, ...)
  local done, raised = pcall(run, ...)
  if done then return nil end
  if type(raised) == "table" and raised.fault ~= nil then return raised.fault end
  error(raised, 0)
end

local function uint(bytes, offset, length)
  local value = 0
  for index = offset + 1, offset + length do
    value = value * 256 + bytes:byte(index)
  end
  return value
end

local function signed_byte(value)
  if value >= 128 then return value - 256 end
  return value
end

-- UTF-8 as in RFC 3629: no overlong forms, no surrogates, nothing beyond U+10FFFF.
local function is_utf8(text)
  local index, length = 1, #text
  while index <= length do
    local first = text:byte(index)
    local more, least, most = 0, 0x80, 0xbf
    if first < 0x80 then
      more = 0
    elseif first >= 0xc2 and first <= 0xdf then
      more = 1
    elseif first >= 0xe0 and first <= 0xef then
      more = 2
      if first == 0xe0 then least = 0xa0 end
      if first == 0xed then most = 0x9f end
    elseif first >= 0xf0 and first <= 0xf4 then
      more = 3
      if first == 0xf0 then least = 0x90 end
      if first == 0xf4 then most = 0x8f end
    else
      return false
    end
    for step = 1, more do
      local byte = text:byte(index + step)
      if byte == nil or byte < least or byte > most then return false end
      least, most = 0x80, 0xbf
    end
    index = index + 1 + more
  end
  return true
end

local ESCAPES = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

-- Cuts UTF-8 text at the end of a character.
local function shortened(text, max)
  if #text <= max then return text end
  local last = max
  while last > 0 do
    local byte = text:byte(last + 1)
    if byte < 0x80 or byte >= 0xc0 then break end
    last = last - 1
  end
  return text:sub(1, last) .. "…"
end

local function quoted(text)
  local escaped = shortened(text, MAX_TEXT_LENGTH):gsub('[\0-\31\127"\\]', function(character)
    return ESCAPES[character] or string.format("\\u%04x", character:byte())
  end)
  return '"' .. escaped .. '"'
end

-- Writes a string as `rpcudp call` does: if it begins like prefixed text, it gets the prefix
-- `text:`.
local function quoted_string(text)
  for _, prefix in ipairs({ "hex", "base64", "date", "bigint", "text" }) do
    if text:find("^" .. prefix .. ":") then return quoted("text:" .. text) end
  end
  return quoted(text)
end

local function hex_of(bytes)
  local shown = bytes
  local cut = ""
  if #bytes > MAX_TEXT_LENGTH / 2 then
    shown = bytes:sub(1, MAX_TEXT_LENGTH / 2)
    cut = "…"
  end
  return (shown:gsub(".", function(byte)
    return string.format("%02x", byte:byte())
  end)) .. cut
end

-- The shortest digits that read back as the same number. From 2^53 on it is written with an
-- exponent, because digits alone are read as an integer.
local function float_text(number)
  if number ~= number then return '"NaN"' end
  if number == math.huge then return '"Infinity"' end
  if number == -math.huge then return '"-Infinity"' end
  for digits = 15, 17 do
    local text = string.format("%." .. digits .. "g", number)
    if tonumber(text) == number then
      if math.abs(number) < 2 ^ 53 or text:find("e", 1, true) then return text end
      return string.format("%." .. (digits - 1) .. "e", number)
    end
  end
end

local NS_PER_SECOND = 1000000000
local MAX_DATE_SECONDS = 8640000000000

-- ISO 8601 text of seconds since 1970 (proleptic Gregorian calendar). `os.date` cannot do this for
-- all of them.
local function iso_text(seconds, nanoseconds)
  local days = math.floor(seconds / 86400)
  local rest = seconds - days * 86400
  -- Days since 1 March 0000, in eras of 400 years.
  local shifted = days + 719468
  local era = math.floor(shifted / 146097)
  local day_of_era = shifted - era * 146097
  local year_of_era = math.floor((day_of_era - math.floor(day_of_era / 1460) + math.floor(day_of_era / 36524)
    - math.floor(day_of_era / 146096)) / 365)
  local day_of_year = day_of_era - (365 * year_of_era + math.floor(year_of_era / 4) - math.floor(year_of_era / 100))
  local shifted_month = math.floor((5 * day_of_year + 2) / 153)
  local day = day_of_year - math.floor((153 * shifted_month + 2) / 5) + 1
  local month = shifted_month < 10 and shifted_month + 3 or shifted_month - 9
  local year = year_of_era + era * 400 + (month <= 2 and 1 or 0)
  local year_text = string.format("%04.0f", year)
  if year < 0 then
    year_text = string.format("-%06.0f", -year)
  elseif year > 9999 then
    year_text = string.format("+%06.0f", year)
  end
  local fraction = string.format("%09.0f", nanoseconds)
  if fraction:sub(4) == "000000" then fraction = fraction:sub(1, 3) end
  return string.format("%s-%02.0f-%02.0fT%02.0f:%02.0f:%02.0f.%sZ", year_text, month, day, math.floor(rest / 3600),
    math.floor(rest / 60) % 60, rest % 60, fraction)
end

local FORMAT_NAMES = {
  [0] = "nil", "never used", "false", "true", "bin 8", "bin 16", "bin 32", "ext 8", "ext 16", "ext 32",
  "float 32", "float 64", "uint 8", "uint 16", "uint 32", "uint 64", "int 8", "int 16", "int 32", "int 64",
  "fixext 1", "fixext 2", "fixext 4", "fixext 8", "fixext 16", "str 8", "str 16", "str 32", "array 16", "array 32",
  "map 16", "map 32",
}

local function format_name(code)
  if code < 0x80 then return "positive fixint" end
  if code < 0x90 then return "fixmap" end
  if code < 0xa0 then return "fixarray" end
  if code < 0xc0 then return "fixstr" end
  return FORMAT_NAMES[code - 0xc0] or "negative fixint"
end

local Reader = {}
Reader.__index = Reader

-- `tvb` has the same bytes as `bytes`. All frames of a packet share the `budget` of rows.
local function new_reader(tvb, bytes, budget)
  return setmetatable({ tvb = tvb, bytes = bytes, offset = 0, budget = budget, due = 0 }, Reader)
end

-- Moves on by `length` bytes. Returns the offset where these bytes begin.
function Reader:advance(length)
  local start = self.offset
  if start + length > #self.bytes then fail("truncated") end
  self.offset = start + length
  return start
end

function Reader:take_uint(length)
  return uint(self.bytes, self:advance(length), length)
end

function Reader:take_text(length)
  local start = self:advance(length)
  return self.bytes:sub(start + 1, start + length)
end

-- Adds a row for an item of a body. Returns nil if there is none.
function Reader:row(tree, start, label)
  if tree == nil or self.budget.left <= 0 then return nil end
  self.budget.left = self.budget.left - 1
  local item = tree:add(f.item, self.tvb(start, self.offset - start), label)
  item:set_text(label)
  if self.budget.left == 0 then tree:add(f.item, self.tvb(start, 0), "(what follows is not shown)") end
  return item
end

-- A value that was read. `text` is its JSON, `kind` its kind. Equal values have equal `key`s. For a
-- string, `string` is the string itself.
local function scalar(kind, text, key)
  return { kind = kind, text = text, key = key or (kind .. ":" .. text) }
end

function Reader:read_string(length)
  local text = self:take_text(length)
  if not is_utf8(text) then fail("utf8") end
  return { kind = "string", text = quoted_string(text), string = text, key = "string:" .. text }
end

function Reader:read_binary(length)
  local bytes = self:take_text(length)
  return { kind = "binary", text = '"hex:' .. hex_of(bytes) .. '"', key = "binary:" .. bytes, binary = bytes }
end

function Reader:read_extension(length)
  local kind = signed_byte(self:take_uint(1))
  local data = self:take_text(length)
  if kind ~= -1 then
    local text = string.format('{ "type": %d, "data": "hex:%s" }', kind, hex_of(data))
    return scalar("extension", text, "extension:" .. kind .. ":" .. data)
  end
  local seconds, nanoseconds
  if length == 4 then
    seconds, nanoseconds = uint(data, 0, 4), 0
  elseif length == 8 then
    local high = uint(data, 0, 4)
    nanoseconds = math.floor(high / 4)
    seconds = (high % 4) * 4294967296 + uint(data, 4, 4)
  elseif length == 12 then
    nanoseconds = uint(data, 0, 4)
    local high = uint(data, 4, 4)
    if high >= 2147483648 then high = high - 4294967296 end
    -- Computed as a float, whether or not this Lua has integers. Out of bounds it need not be
    -- exact.
    seconds = high * 4294967296.0 + uint(data, 8, 4)
  else
    fail("timestamp")
  end
  if nanoseconds >= NS_PER_SECOND then fail("timestamp") end
  local beyond = seconds == MAX_DATE_SECONDS and nanoseconds >= 1000000
  if seconds < -MAX_DATE_SECONDS or seconds > MAX_DATE_SECONDS or beyond then fail("timestamp") end
  return scalar("timestamp", '"' .. iso_text(seconds, nanoseconds) .. '"')
end

function Reader:read_integer(length, is_signed)
  local start = self:advance(length)
  if length == 8 then
    local range = self.tvb(start, 8)
    return scalar("number", tostring(is_signed and range:int64() or range:uint64()))
  end
  local value = uint(self.bytes, start, length)
  if is_signed and value >= 256 ^ length / 2 then value = value - 256 ^ length end
  return scalar("number", string.format("%.0f", value))
end

function Reader:read_float(length)
  local start = self:advance(length)
  local number = self.tvb(start, length):float()
  local text = float_text(number)
  -- Keys are equal by value: 1 and 1.0 are equal, 0 and -0 too. From 2^53 on, no integer equals a
  -- float.
  local is_whole = number == math.floor(number) and math.abs(number) < 2 ^ 53
  return scalar("number", text, is_whole and "number:" .. string.format("%.0f", number + 0) or "float:" .. text)
end

-- Joins the parts of a JSON text. If the text is too long, the parts that were not kept are shown
-- as `…`.
local function joined(open, parts, close, length)
  if length > MAX_TEXT_LENGTH then return open .. table.concat(parts, ", ") .. ", …" .. close end
  return open .. table.concat(parts, ", ") .. close
end

-- Counts the items that are still to come in all open arrays and maps. Each takes at least a byte.
function Reader:open(items)
  self.due = self.due + items
  if self.due > #self.bytes - self.offset then fail("truncated") end
end

function Reader:read_array(count, depth, row)
  local parts, length, keys = {}, 0, {}
  self:open(count)
  for index = 1, count do
    self.due = self.due - 1
    local item = self:read(row, depth + 1, "[" .. (index - 1) .. "]")
    if length <= MAX_TEXT_LENGTH then
      parts[#parts + 1] = item.text
      length = length + #item.text + 2
    end
    keys[index] = #item.key .. ":" .. item.key
  end
  return { kind = "array", text = joined("[", parts, "]", length), key = "array:" .. table.concat(keys) }
end

function Reader:read_map(count, depth, row)
  local objects, entries, length = {}, {}, 0
  local keys, pairs_by_key, members = {}, {}, {}
  local only_strings = true
  local duplicate = false
  self:open(count * 2)
  for index = 1, count do
    self.due = self.due - 1
    local key = self:read(row, depth + 1, "key")
    if key.string == "__proto__" then fail("key") end
    self.due = self.due - 1
    local item = self:read(row, depth + 1, shortened(key.text, MAX_SUMMARY_LENGTH))
    if keys[key.key] then duplicate = true end
    keys[key.key] = true
    members[index] = { key = key, value = item }
    pairs_by_key[index] = #key.key .. ":" .. key.key .. #item.key .. ":" .. item.key
    if key.string == nil then only_strings = false end
    if length <= MAX_TEXT_LENGTH then
      local name = key.string and quoted(key.string) or key.text
      objects[#objects + 1] = name .. ": " .. item.text
      entries[#entries + 1] = "[" .. key.text .. ", " .. item.text .. "]"
      length = length + #name + #item.text + 4
    end
  end
  if duplicate then self.has_duplicate_key = true end
  -- The order of the entries does not matter for the equality of maps.
  table.sort(pairs_by_key)
  local text = only_strings and joined("{", objects, "}", length) or joined("[", entries, "]", length)
  return { kind = "map", text = text, key = "map:" .. table.concat(pairs_by_key), members = members }
end

-- The method that reads a value with a length field (formats 0xc4 to 0xdf), and the size of that
-- field.
local function sized(code)
  if code <= 0xc6 then return "read_binary", 2 ^ (code - 0xc4) end
  if code <= 0xc9 then return "read_extension", 2 ^ (code - 0xc7) end
  if code >= 0xd9 and code <= 0xdb then return "read_string", 2 ^ (code - 0xd9) end
  return nil
end

function Reader:read_scalar(code)
  if code < 0x80 then return scalar("number", tostring(code)) end
  if code >= 0xe0 then return scalar("number", tostring(code - 256)) end
  if code >= 0xa0 and code < 0xc0 then return self:read_string(code - 0xa0) end
  if code == 0xc0 then return scalar("nil", "null") end
  if code == 0xc1 then fail("reserved") end
  if code == 0xc2 then return scalar("boolean", "false") end
  if code == 0xc3 then return scalar("boolean", "true") end
  if code == 0xca then return self:read_float(4) end
  if code == 0xcb then return self:read_float(8) end
  if code >= 0xcc and code <= 0xcf then return self:read_integer(2 ^ (code - 0xcc), false) end
  if code >= 0xd0 and code <= 0xd3 then return self:read_integer(2 ^ (code - 0xd0), true) end
  if code >= 0xd4 and code <= 0xd8 then return self:read_extension(2 ^ (code - 0xd4)) end
  local method, size_bytes = sized(code)
  return self[method](self, self:take_uint(size_bytes))
end

-- The number of items of an array, or of entries of a map; nil for any other format.
function Reader:container_size(code)
  if code >= 0x80 and code < 0x90 then return code - 0x80, true end
  if code >= 0x90 and code < 0xa0 then return code - 0x90, false end
  if code >= 0xdc then
    if code <= 0xdd then return self:take_uint(code == 0xdc and 2 or 4), false end
    if code <= 0xdf then return self:take_uint(code == 0xde and 2 or 4), true end
  end
  return nil
end

-- Reads the value at the offset. The row in `tree` begins with `name`. `depth` is the number of
-- arrays and maps around the value.
function Reader:read(tree, depth, name)
  local start = self.offset
  local code = self:take_uint(1)
  local size, is_map = self:container_size(code)
  local format = format_name(code)
  if size == nil then
    local value = self:read_scalar(code)
    if self.due > #self.bytes - self.offset then fail("truncated") end
    value.start, value.length = start, self.offset - start
    self:row(tree, start, name .. ": " .. format .. " " .. shortened(value.text, 200))
    return value
  end
  -- In the same order as an endpoint: first whether the items fit, then how deep they are nested.
  if self.due + (is_map and size * 2 or size) > #self.bytes - self.offset then fail("truncated") end
  if depth >= MAX_DEPTH then fail("depth") end
  local unit = is_map and (size == 1 and " entry" or " entries") or (size == 1 and " item" or " items")
  local row = self:row(tree, start, name .. ": " .. format .. ", " .. string.format("%.0f", size) .. unit)
  local value = is_map and self:read_map(size, depth, row) or self:read_array(size, depth, row)
  value.start, value.length = start, self.offset - start
  if row ~= nil then row:set_len(value.length) end
  return value
end

-- The request of an answer ------------------------------------------------------------------------
--
-- Filled in order, on the first pass over the packets. If both ends were recorded, a capture that
-- `rpcudp export` made has a datagram twice, once at each end. Such a packet says whether it was
-- sent or received there. So the key keeps what the caller saw apart from what the other end saw.
-- In other captures this is not known, and the key has no side.

local transactions = {}
local SENT, RECEIVED = 0, 1

function rpcudp.init()
  transactions = {}
end

local function side_of(direction, is_from_caller)
  if direction ~= SENT and direction ~= RECEIVED then return "" end
  return (direction == SENT) == is_from_caller and "caller" or "callee"
end

local function transaction_key(pinfo, id, is_from_caller)
  local caller = tostring(pinfo.src) .. " " .. pinfo.src_port
  local callee = tostring(pinfo.dst) .. " " .. pinfo.dst_port
  if not is_from_caller then caller, callee = callee, caller end
  return side_of(pinfo.p2p_dir, is_from_caller) .. " " .. caller .. " " .. callee .. " " .. id
end

local function link(pinfo, tree, kind, id)
  local is_from_caller = kind == REQUEST or kind == CANCEL or kind == PROBE
  local key = transaction_key(pinfo, id, is_from_caller)
  local transaction = transactions[key]
  if not pinfo.visited then
    if transaction == nil and kind == REQUEST then
      transaction = { request = pinfo.number, at = pinfo.abs_ts }
      transactions[key] = transaction
    elseif transaction ~= nil and (kind == RESPONSE or kind == ERROR) and transaction.response == nil then
      transaction.response = pinfo.number
    end
  end
  if transaction == nil then return false end
  local is_repeated = kind == REQUEST and transaction.request ~= pinfo.number
  if is_repeated then
    tree:add(f.retransmission_of, transaction.request):set_generated()
  end
  if kind == REQUEST then
    if transaction.response ~= nil then tree:add(f.response_in, transaction.response):set_generated() end
    return is_repeated
  end
  tree:add(f.request_in, transaction.request):set_generated()
  local elapsed = math.max(0, pinfo.abs_ts - transaction.at)
  local whole = math.floor(elapsed)
  tree:add(f.time, NSTime.new(whole, math.floor((elapsed - whole) * 1000000 + 0.5) * 1000)):set_generated()
  return false
end

-- Frames ------------------------------------------------------------------------------------------

-- The number of a header map's integer, if it is from `least` to `most`.
local function integer_in(value, least, most)
  local number = value.kind == "number" and value.text:find("^%d+$") and tonumber(value.text)
  return number and number >= least and number <= most and number or nil
end

-- Whether these are headers: texts and binaries by names, each of which is there once.
local function are_headers(value)
  local members = value.members
  if members == nil or #members > MAX_HEADERS or value.length > MAX_READ_HEADERS_BYTES then return false end
  local names = {}
  for _, member in ipairs(members) do
    local name = member.key.string
    if name == nil or #name > MAX_HEADER_NAME_LENGTH or names[name] then return false end
    if not name:find("^[A-Za-z][A-Za-z0-9._-]*$") then return false end
    if member.value.kind ~= "string" and member.value.kind ~= "binary" then return false end
    names[name] = true
  end
  return true
end

-- By key: a function that returns what adds the entry to a tree, or nil if the key may not have
-- this value.
local HEADER_ENTRIES = {
  [0] = function(value, range)
    local version = integer_in(value, 1, 127)
    return version and function(tree) tree:add(f.version, range, version) end
  end,
  [1] = function(value, range)
    local attempt = integer_in(value, 1, 127)
    return attempt and function(tree) tree:add(f.attempt, range, attempt) end
  end,
  [2] = function(value, range)
    local remaining = integer_in(value, 0, 4294967295)
    return remaining and function(tree) tree:add(f.remaining_ms, range, remaining) end
  end,
  [3] = function(value, range)
    local text = value.string
    if text == nil or #text < 1 or #text > 256 or text:find("[^\32-\126]") then return nil end
    return function(tree) tree:add(f.traceparent, range, text) end
  end,
  [4] = function(value, range)
    if value.binary == nil or #value.binary ~= 8 then return nil end
    return function(tree) tree:add(f.token, range(range:len() - 8, 8)) end
  end,
  [7] = function(value, range)
    if not are_headers(value) then return nil end
    return function(tree) tree:add(f.headers, range, shortened(value.text, MAX_TEXT_LENGTH)) end
  end,
  [8] = function(value, range)
    if value.kind ~= "boolean" or value.text ~= "true" then return nil end
    return function(tree) tree:add(f.one_way, range, true) end
  end,
}

-- Reads the header map at the reader's offset, if it is valid. Returns its attempt and its token.
local function add_header_map(reader, tree)
  local start = reader.offset
  local code = reader.bytes:byte(start + 1)
  if code == nil or code < 0x80 or code > 0x8f then return nil end
  local adders, seen, found = {}, {}, {}
  reader.offset = start + 1
  local fault = guarded(function()
    for _ = 1, code - 0x80 do
      local key = reader:take_uint(1)
      if key > 127 or (HEADER_ENTRIES[key] ~= nil and seen[key]) then fail("shape") end
      seen[key] = true
      reader.due = 0
      local value = reader:read(nil, 0, "")
      local entry = HEADER_ENTRIES[key]
      if entry ~= nil then
        local add = entry(value, reader.tvb(value.start, value.length))
        if add == nil then fail("shape") end
        adders[#adders + 1] = add
        found[key] = value
      end
    end
    if not seen[0] then fail("shape") end
  end)
  if fault ~= nil then
    reader.offset = start
    return nil
  end
  local range = reader.tvb(start, reader.offset - start)
  local row = tree:add(f.header, range)
  row:set_text("Header map: " .. #adders .. (#adders == 1 and " entry" or " entries"))
  for _, add in ipairs(adders) do add(row) end
  return { attempt = found[1] and tonumber(found[1].text) or 1, token = found[4] }
end

local function summary_of(text)
  return shortened((text:gsub("[\0-\31\127]", " ")), MAX_SUMMARY_LENGTH)
end

local body_readers = {}

-- Adds a string of the body as a field. In Wireshark a text ends at the first NUL, so NUL is
-- escaped.
local function add_text(tree, field, reader, value)
  local text = shortened(value.string, MAX_TEXT_LENGTH):gsub("\0", "\\u0000")
  tree:add(field, reader.tvb(value.start, value.length), text)
end

local function add_value(tree, field, reader, value)
  return tree:add(field, reader.tvb(value.start, value.length), shortened(value.text, MAX_TEXT_LENGTH))
end

-- The number of items of an array; nil for any other format.
local function array_head(reader)
  local code = reader.bytes:byte(reader.offset + 1)
  if (code >= 0x90 and code < 0xa0) or code == 0xdc or code == 0xdd then
    reader.offset = reader.offset + 1
    if code < 0xa0 then return code - 0x90 end
    return reader:take_uint(code == 0xdc and 2 or 4)
  end
  return nil
end

-- Reads the items of a body that must be an array of at most as many items as there are names.
-- Returns nil for any other body. Whether a map has a key twice is checked last.
local function read_parts(reader, names)
  local start = reader.offset
  local size = array_head(reader)
  if size == nil or size > #names then
    reader.offset = start
    reader:read(nil, 0, "body")
    if reader.has_duplicate_key then fail("duplicateKey") end
    return nil
  end
  local parts = {}
  reader:open(size)
  for index = 1, size do
    reader.due = reader.due - 1
    -- The rows of the item go below its own field, which is added when the item's text is known.
    parts[index] = reader:read(nil, 1, names[index])
  end
  if reader.has_duplicate_key then fail("duplicateKey") end
  return parts
end

-- Adds the rows of a value that was already read.
local function add_rows(reader, tree, value, depth, name)
  local after = reader.offset
  reader.offset, reader.due = value.start, 0
  reader:read(tree, depth, name)
  reader.offset = after
end

local function read_request(reader)
  local parts = read_parts(reader, { "procedure", "args" })
  if reader.offset > HEADER_BYTES + MAX_REQUEST_BODY_BYTES then fail("tooLong") end
  if parts == nil or #parts ~= 2 then fail("shape") end
  local name, args = parts[1], parts[2]
  if args.kind ~= "array" then fail("shape") end
  -- rpcudp 0.x and 1.0 on Python 2 write every name as binary.
  if name.kind == "binary" then
    if not is_utf8(name.binary) then fail("utf8") end
    name.string = name.binary
  elseif name.kind ~= "string" then
    fail("shape")
  end
  return parts
end

local function read_value(reader)
  local value = reader:read(nil, 0, "value")
  if reader.has_duplicate_key then fail("duplicateKey") end
  return value
end

local function read_error(reader)
  local parts = read_parts(reader, { "code", "message", "data" })
  if parts == nil or #parts < 2 then fail("shape") end
  if parts[1].kind ~= "string" or parts[2].kind ~= "string" then fail("shape") end
  return parts
end

body_readers[REQUEST] = function(reader, tree)
  local parts = read_request(reader)
  local procedure, args = parts[1], parts[2]
  add_text(tree, f.procedure, reader, procedure)
  add_rows(reader, add_value(tree, f.args, reader, args), args, 1, "args")
  return summary_of(procedure.string .. "(" .. args.text:sub(2, -2) .. ")")
end

body_readers[RESPONSE] = function(reader, tree)
  local value = read_value(reader)
  add_rows(reader, add_value(tree, f.value, reader, value), value, 0, "value")
  return summary_of(value.text)
end

body_readers[ERROR] = function(reader, tree)
  local parts = read_error(reader)
  local code, message, data = parts[1], parts[2], parts[3]
  add_text(tree, f.error_code, reader, code)
  add_text(tree, f.error_message, reader, message)
  if data ~= nil then add_rows(reader, add_value(tree, f.error_data, reader, data), data, 1, "data") end
  tree:add_proto_expert_info(e.error)
  return summary_of(code.string .. ": " .. message.string)
end

local function read_nil(reader)
  if reader.bytes:byte(reader.offset + 1) ~= 0xc0 then fail("shape") end
  reader.offset = reader.offset + 1
  return ""
end

body_readers[CANCEL] = read_nil
body_readers[WORKING] = read_nil
body_readers[CHALLENGE] = read_nil

-- Nil, or a binary that makes the datagram longer. Returns its first byte.
local function read_padding(reader)
  local code = reader.bytes:byte(reader.offset + 1)
  if code < 0xc4 or code > 0xc6 then
    read_nil(reader)
    return nil
  end
  reader.offset = reader.offset + 1
  local length = reader:take_uint(2 ^ (code - 0xc4))
  local start = reader:advance(length)
  return length > 0 and reader.bytes:byte(start + 1) or nil
end

body_readers[PROBE] = function(reader)
  return read_padding(reader) == ANSWER_AS_LONG and "for an answer as long" or ""
end

body_readers[PRESENT] = function(reader)
  read_padding(reader)
  return ""
end

local add_frame

-- The frames of a bundle, by offset and length. If one of them is invalid, so is the bundle.
local function frames_of(reader)
  local size = array_head(reader)
  if size == nil or size == 0 then fail("shape") end
  if size > MAX_BUNDLE_FRAMES then
    fail(size > (#reader.bytes - reader.offset) / 2 and "truncated" or "shape")
  end
  local found = {}
  for index = 1, size do
    local code = reader:take_uint(1)
    if code < 0xc4 or code > 0xc6 then fail("shape") end
    local length = reader:take_uint(2 ^ (code - 0xc4))
    found[index] = { start = reader:advance(length), length = length }
  end
  return found
end

body_readers[BUNDLE] = function(reader, tree, pinfo)
  local start = reader.offset
  local found = frames_of(reader)
  tree:add(f.frames, reader.tvb(start, reader.offset - start), #found)
  local summaries = {}
  for index, frame in ipairs(found) do
    local length = frame.length
    -- An empty frame has no bytes to refer to.
    local range = length > 0 and reader.tvb(frame.start, length) or reader.tvb(frame.start - 1, 1)
    local row = tree:add(f.frame, range)
    local inner = reader.bytes:sub(frame.start + 1, frame.start + length)
    local tvb = length > 0 and range:tvb() or nil
    local text = add_frame(tvb, inner, row, pinfo, reader.budget, true)
    row:set_text("Frame " .. index .. ": " .. text)
    if index <= MAX_SUMMARIES then summaries[index] = text end
  end
  if #found > MAX_SUMMARIES then summaries[#summaries + 1] = "…" end
  return "of " .. #found .. ": " .. table.concat(summaries, " | ")
end

local function read_frame_type(bytes)
  if #bytes < MIN_BYTES then fail("tooShort") end
  local kind = bytes:byte(1)
  if TYPE_NAMES[kind] == nil then fail("unknownType") end
  if kind == REQUEST and #bytes > MAX_REQUEST_BYTES then fail("tooLong") end
  return kind
end

-- Adds a frame to `tree`. Returns a line about it, and the reason if an endpoint would drop it.
-- `tvb` is nil if the frame has no bytes.
add_frame = function(tvb, bytes, tree, pinfo, budget, is_inner)
  local kind = bytes:byte(1)
  if kind ~= nil then tree:add(f.type, tvb(0, 1)) end
  if #bytes >= HEADER_BYTES then tree:add(f.id, tvb(1, 20)) end
  local name = TYPE_NAMES[kind] or "unknown type"
  local reader = tvb and new_reader(tvb, bytes, budget)
  local text, about = "", nil
  local fault = guarded(function()
    read_frame_type(bytes)
    if is_inner and (kind == BUNDLE or kind == PROBE) then fail("shape") end
    reader.offset = HEADER_BYTES
    text = body_readers[kind](reader, tree, pinfo)
    -- A bundle itself has no header map.
    if kind ~= BUNDLE then about = add_header_map(reader, tree) end
    if kind == CHALLENGE and (about == nil or about.token == nil) then fail("shape") end
    if (kind == PROBE or kind == PRESENT) and about == nil then fail("shape") end
    if reader.offset < #bytes then tree:add(f.ignored, tvb(reader.offset, #bytes - reader.offset)) end
  end)
  if fault ~= nil then
    -- Shows the items of the body up to the fault, so that people see where it is.
    if reader ~= nil and name ~= "unknown type" and kind ~= BUNDLE and #bytes > HEADER_BYTES then
      reader.offset, reader.due = HEADER_BYTES, 0
      guarded(reader.read, reader, tree, 0, "body")
    end
    local row = tree:add(f.malformed, fault)
    row:set_generated()
    row:append_text(": " .. FAULTS[fault])
    row:add_proto_expert_info(e.malformed, "An endpoint drops this as " .. fault .. ": " .. FAULTS[fault])
    return name .. ", malformed (" .. fault .. ")", fault
  end
  if kind ~= BUNDLE then
    local is_repeated = link(pinfo, tree, kind, bytes:sub(2, HEADER_BYTES))
    if is_repeated or (kind == REQUEST and about ~= nil and about.attempt > 1) then
      tree:add_proto_expert_info(e.retransmission)
      text = text .. " again"
    end
  end
  return text == "" and name or name .. " " .. text, nil
end

local function is_cut(tvb)
  return tvb:captured_len() < tvb:reported_len()
end

function rpcudp.dissector(tvb, pinfo, tree)
  if tvb:captured_len() == 0 then return 0 end
  pinfo.cols.protocol = "RPCUDP"
  local root = tree:add(rpcudp, tvb())
  if is_cut(tvb) then
    root:add_proto_expert_info(e.cut)
    pinfo.cols.info = "cut short by the capture"
    return tvb:captured_len()
  end
  local bytes = tvb:raw(0, tvb:captured_len())
  local text = add_frame(tvb, bytes, root, pinfo, { left = MAX_SHOWN_ITEMS }, false)
  root:append_text(", " .. text)
  pinfo.cols.info = text
  return tvb:captured_len()
end

-- Registration ------------------------------------------------------------------------------------

-- Whether the whole datagram is valid rpcudp. Builds no tree.
local function is_sound(tvb)
  if tvb:captured_len() < MIN_BYTES or is_cut(tvb) then return false end
  local bytes = tvb:raw(0, tvb:captured_len())
  local reader = new_reader(tvb, bytes, { left = 0 })
  return guarded(function()
    local kind = read_frame_type(bytes)
    reader.offset = HEADER_BYTES
    if kind == BUNDLE then
      for _, frame in ipairs(frames_of(reader)) do
        read_frame_type(bytes:sub(frame.start + 1, frame.start + frame.length))
      end
      return
    end
    if kind == REQUEST then
      read_request(reader)
    elseif kind == RESPONSE then
      read_value(reader)
    elseif kind == ERROR then
      read_error(reader)
    elseif kind == PROBE or kind == PRESENT then
      read_padding(reader)
    else
      read_nil(reader)
    end
  end) == nil
end

local udp_ports = DissectorTable.get("udp.port")
local registered_ports = ""

function rpcudp.prefs_changed()
  local ports = rpcudp.prefs.ports
  if ports == registered_ports then return end
  if registered_ports ~= "" then udp_ports:remove(registered_ports, rpcudp) end
  if ports ~= "" then udp_ports:add(ports, rpcudp) end
  registered_ports = ports
end

udp_ports:add_for_decode_as(rpcudp)
rpcudp:register_heuristic("udp", function(tvb, pinfo, tree)
  if not rpcudp.prefs.heuristic or not is_sound(tvb) then return false end
  rpcudp.dissector(tvb, pinfo, tree)
  return true
end)
