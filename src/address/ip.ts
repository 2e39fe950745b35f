/** IP: parses and formats IP addresses. */

const IPV4_OCTET = '(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
const IPV4 = new RegExp(`^(?:${IPV4_OCTET}\\.){3}${IPV4_OCTET}$`);

/** The part after % is the name of a network interface, which this machine chooses. */
const SCOPE = /^[A-Za-z0-9._~@-]{1,64}$/;

/**
 * Whether the text is an IPv4 address: four decimals without leading zeros. Some resolvers read
 * `010.1` as a short address with an octal number. An address that can be read in two ways enables
 * attacks, so only one form is accepted.
 */
export function isIpv4(text: string): boolean {
  return IPV4.test(text);
}

/**
 * The canonical form of an IPv6 address; undefined if the text is not one. An IPv4-mapped address
 * becomes IPv4. A `%scope` is not changed.
 */
export function canonicalIpv6(text: string): string | undefined {
  const percent = text.indexOf('%');
  const scope = percent < 0 ? '' : text.slice(percent + 1);
  if (percent >= 0 && !SCOPE.test(scope)) return undefined;
  const words = parseWords(percent < 0 ? text : text.slice(0, percent));
  if (words === undefined) return undefined;
  const mapped = formatMappedIpv4(words);
  if (mapped === undefined) return formatWords(words) + (percent < 0 ? '' : `%${scope}`);
  // IPv4 has no scopes, so a mapped address with a scope has no canonical form.
  return percent < 0 ? mapped : undefined;
}

/** The /24 network of an IPv4 address, or the /56 network of an IPv6 address: usually one site. */
export function networkOf(host: string): string {
  if (isIpv4(host)) return host.slice(0, host.lastIndexOf('.'));
  const [first = 0, second = 0, third = 0, fourth = 0] = parseWords(host.split('%')[0] ?? '') ?? [];
  return formatWords([first, second, third, fourth & 0xff00]);
}

/** The eight 16-bit words of an IPv6 address (RFC 4291, section 2.2). */
function parseWords(text: string): number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half, index) =>
    parseWordList(half, index === halves.length - 1),
  );
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  if (tail === undefined) return head.length === 8 ? head : undefined;
  const missing = 8 - head.length - tail.length;
  return missing < 1 ? undefined : [...head, ...new Array<number>(missing).fill(0), ...tail];
}

function parseWordList(text: string, mayEndInIpv4: boolean): number[] | undefined {
  if (text === '') return [];
  const words: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(part)) {
      words.push(parseInt(part, 16));
    } else if (mayEndInIpv4 && index === parts.length - 1 && isIpv4(part)) {
      const [a = 0, b = 0, c = 0, d = 0] = part.split('.').map(Number);
      words.push((a << 8) | b, (c << 8) | d);
    } else {
      return undefined;
    }
  }
  return words;
}

function formatMappedIpv4(words: readonly number[]): string | undefined {
  const [high = 0, low = 0] = words.slice(6);
  if (words[5] !== 0xffff || words.slice(0, 5).some((word) => word !== 0)) return undefined;
  return `${high >> 8}.${high & 0xff}.${low >> 8}.${low & 0xff}`;
}

/** RFC 5952, section 4: lower case, no leading zeros, the first longest run of zeros as `::`. */
function formatWords(words: readonly number[]): string {
  let runStart = 0;
  let runLength = 1;
  let start = 0;
  words.forEach((word, index) => {
    if (word !== 0) start = index + 1;
    else if (index + 1 - start > runLength) [runStart, runLength] = [start, index + 1 - start];
  });
  const hex = (part: readonly number[]) => part.map((word) => word.toString(16)).join(':');
  if (runLength < 2) return hex(words);
  return `${hex(words.slice(0, runStart))}::${hex(words.slice(runStart + runLength))}`;
}
