// Copies the dissector for Wireshark beside the code that prints its path. The compiler copies
// nothing.
import { cpSync } from 'node:fs';

cpSync('src/inspector/capture/wireshark', 'dist/inspector/capture/wireshark', { recursive: true });
