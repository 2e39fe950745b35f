/** Python: finds a Python for the contestant that needs one. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** A Python that has the package `rpcudp`. */
export interface Python {
  readonly path: string;
  readonly versions: string;
}

const VERSIONS = `
import platform
from importlib.metadata import version
print(f"rpcudp {version('rpcudp')}, Python {platform.python_version()}")
`;

/**
 * `RPCUDP_PYTHON` if it is set, else `.venv`, else `python3` on the path; or the reason why that
 * cannot be used.
 */
export function findPython(): Python | string {
  const path =
    process.env['RPCUDP_PYTHON'] ??
    (existsSync('.venv/bin/python') ? '.venv/bin/python' : 'python3');
  const { status, stdout, stderr, error } = spawnSync(path, ['-c', VERSIONS], { encoding: 'utf8' });
  if (status === 0) return { path, versions: stdout.trim() };
  const why = error?.message ?? stderr.trim().split('\n').at(-1) ?? '';
  return `needs a Python with rpcudp (set RPCUDP_PYTHON); ${path}: ${why}`;
}
