/** Connection to the hub. It opens again by itself when it breaks. */
import type { ConnectionUser, HubConnection } from './ports.js';

const FIRST_DELAY_MS = 300;
const MAX_DELAY_MS = 5_000;

export class Connection implements HubConnection {
  readonly #page: URL;
  readonly #user: ConnectionUser;
  #socket: WebSocket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #delayMs = FIRST_DELAY_MS;

  /** @param page the URL of the page; the hub is beside it */
  constructor(page: URL, user: ConnectionUser) {
    this.#page = page;
    this.#user = user;
  }

  open(): void {
    if (this.#socket !== undefined || this.#timer !== undefined) return;
    this.#user.changed('connecting');
    this.#connect();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
    this.#user.changed('closed');
  }

  #connect(): void {
    const socket = new WebSocket(this.#address());
    this.#socket = socket;
    socket.onopen = () => {
      if (this.#socket !== socket) return;
      this.#delayMs = FIRST_DELAY_MS;
      this.#user.opened();
      this.#user.changed('open');
    };
    socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (this.#socket === socket && typeof data === 'string') this.#user.received(data);
    };
    socket.onclose = () => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      this.#user.changed('broken');
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        this.#connect();
      }, this.#delayMs);
      this.#delayMs = Math.min(MAX_DELAY_MS, this.#delayMs * 2);
    };
  }

  #address(): URL {
    const address = new URL('watch', this.#page);
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
    address.search = '';
    address.hash = '';
    const position = this.#user.position();
    if (position !== undefined) {
      address.searchParams.set('hub', position.hub);
      address.searchParams.set('position', String(position.position));
    }
    return address;
  }
}
