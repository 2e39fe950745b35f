/** Real Prometheus: a server that scrapes one page, with its own folder and its own port. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { StartedProcess } from '../fixtures/started-process.js';

/** How often it scrapes, and how often it is asked whether it has. */
const SCRAPE_EVERY_MS = 500;
const ASK_EVERY_MS = 100;

/** One series of the answer to a query. */
export interface Answer {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [atSeconds: number, value: string];
}

export class RealPrometheus {
  readonly #url: string;

  private constructor(url: string) {
    this.#url = url;
  }

  /** Starts the program at `path`. It scrapes `page`, and ends with the test. */
  static async start(t: Test, path: string, page: string): Promise<RealPrometheus> {
    const { host, pathname } = new URL(page);
    const folder = t.testdir();
    const config = {
      global: { scrape_interval: `${SCRAPE_EVERY_MS}ms`, scrape_timeout: `${SCRAPE_EVERY_MS}ms` },
      scrape_configs: [
        { job_name: 'game', metrics_path: pathname, static_configs: [{ targets: [host] }] },
      ],
    };
    // JSON is YAML, too.
    writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(config));
    const words = [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      '--web.listen-address=127.0.0.1:0',
    ];
    const started = new StartedProcess(t, path, words, folder);
    const [, port = ''] = await started.printed(
      /msg="Listening on".* address=\S*?:(\d+)/,
      'stderr',
    );
    const prometheus = new RealPrometheus(`http://127.0.0.1:${port}`);
    // It listens before it answers.
    while ((await prometheus.#get('/-/ready')).status !== 200) await sleep(ASK_EVERY_MS);
    return prometheus;
  }

  #get(path: string): Promise<Response> {
    return fetch(`${this.#url}${path}`);
  }

  /** @throws Error for a query that it does not understand. */
  async query(expression: string): Promise<readonly Answer[]> {
    const response = await this.#get(`/api/v1/query?query=${encodeURIComponent(expression)}`);
    const { data, error } = (await response.json()) as {
      readonly data?: { readonly result: readonly Answer[] };
      readonly error?: string;
    };
    if (data === undefined) throw new Error(`${expression}: ${error ?? response.status}`);
    return data.result;
  }

  /** Asks until the first series has at least this value. */
  async until(expression: string, least: number): Promise<void> {
    for (;;) {
      const [first] = await this.query(expression);
      if (first !== undefined && Number(first.value[1]) >= least) return;
      await sleep(ASK_EVERY_MS);
    }
  }
}
