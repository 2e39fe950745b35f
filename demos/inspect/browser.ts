import { spawn } from 'node:child_process';
import process from 'node:process';

const COMMANDS: Partial<Record<NodeJS.Platform, readonly [command: string, ...args: string[]]>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

/**
 * Opens a page in the default browser. If that fails, it prints why; the page's URL is printed
 * before.
 */
export function openInBrowser(url: string): void {
  const [command, ...args] = COMMANDS[process.platform] ?? ['xdg-open'];
  const browser = spawn(command, [...args, url], { detached: true, stdio: 'ignore' });
  browser.on('error', ({ message }) => {
    console.log(`The browser could not be opened (${message}).`);
  });
  browser.unref();
}
