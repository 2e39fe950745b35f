// The compiler copies nothing: the dissector for Wireshark lies beside the code that prints its path.
import { cpSync } from 'node:fs';

cpSync('src/inspector/capture/wireshark', 'dist/inspector/capture/wireshark', { recursive: true });
