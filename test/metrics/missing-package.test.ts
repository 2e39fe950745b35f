/** What is said where a package is not installed that not every user has. */
import { register } from 'node:module';
import t from 'tap';
import { createEndpoint } from '../../src/endpoint/endpoint.js';
import { MissingPackageError, openTelemetry } from '../../src/metrics/index.js';
import { runCommand } from '../fixtures/command.js';

/** Finds everything but these packages. */
const LACKING = `
  export async function resolve(specifier, context, next) {
    if (['@opentelemetry/api', 'prom-client'].includes(specifier)) throw new Error('not there');
    return next(specifier, context);
  }
`;
register(`data:text/javascript,${encodeURIComponent(LACKING)}`);

t.test('a tracer needs the package of its interface, and a meter does not', async (t) => {
  const endpoint = await createEndpoint({ host: '127.0.0.1' });
  t.teardown(() => endpoint.close());
  const failure = openTelemetry(endpoint, { tracer: { startSpan: () => ({}) } });
  await t.rejects(failure, MissingPackageError);
  const message =
    'openTelemetry needs the package @opentelemetry/api, which cannot be loaded: npm install @opentelemetry/api';
  await t.rejects(failure, { message, package: '@opentelemetry/api' });
  await t.rejects(failure, { cause: { message: 'not there' } });
  const meter = { createHistogram: () => ({ record: () => undefined }) };
  (await openTelemetry(endpoint, { meter })).unsubscribe();
});

t.test('--metrics says what to install, before anything is served', async (t) => {
  const cwd = t.testdir({ 'handlers.mjs': 'export const handlers = { a: () => 1 };' });
  t.strictSame(await runCommand(['serve', 'handlers.mjs', '--metrics', '0'], { cwd }), {
    exitCode: 1,
    stdout: '',
    stderr:
      'error: --metrics needs the package prom-client, which cannot be loaded: npm install prom-client\n',
  });
});
