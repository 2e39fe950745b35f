import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createEndpoint } from 'rpcudp';
import { serveInspector } from 'rpcudp/inspector';
import t from 'tap';
import type { Test } from 'tap';
import { startBrowser, Visitor } from './visitor.js';
import { chromium } from '../../fixtures/real-parts.js';

t.setTimeout(240_000);

/** Its last characters are shown in the other direction, if nothing prevents it. */
const TURNED = 'find\u202egnp';

const HEADER = Buffer.alloc(21, 7);
/** A request whose array has two items, of which none follows. */
const TRUNCATED = Buffer.from([0, ...HEADER.subarray(1), 0x92]);
const UNKNOWN_TYPE = Buffer.from([0x7f, ...HEADER.subarray(1), 0xc0]);

/** Two endpoints of this process, and somebody who sends what is no frame. */
async function scene(t: Test): Promise<{ url: string }> {
  const handlers = { greet: (_: unknown, name: unknown) => name, [TURNED]: () => true };
  const server = await createEndpoint({ host: '127.0.0.1', handlers });
  const client = await createEndpoint({ host: '127.0.0.1' });
  const inspector = await serveInspector([server, client]);
  t.teardown(async () => {
    await Promise.all([client, server].map((endpoint) => endpoint.close()));
    await inspector.close();
  });
  const peer = client.peer(`127.0.0.1:${server.address.port}`);
  t.equal((await peer.call('greet', [7n])).state, 'resolved');
  t.equal((await peer.call('greet', ['7n', new Date(0), Buffer.of(1, 2)])).state, 'resolved');
  t.equal((await peer.call('missing', [])).state, 'rejected');
  t.equal((await peer.call(TURNED, [])).state, 'resolved');
  const stranger = createSocket('udp4');
  stranger.bind(0, '127.0.0.1');
  await once(stranger, 'listening');
  for (const datagram of [TRUNCATED, UNKNOWN_TYPE]) {
    await new Promise((sent) => {
      stranger.send(datagram, server.address.port, '127.0.0.1', sent);
    });
  }
  await new Promise<void>((closed) => stranger.close(closed));
  return { url: inspector.url };
}

t.test('Datagrams, in a browser', { skip: chromium().skip ?? false }, async (t) => {
  const browser = await startBrowser(t);
  const { url } = await scene(t);
  const visitor = await Visitor.visit(t, browser, url);
  const { page } = visitor;
  const row = (ending: string) =>
    page.locator(`[data-testid="frame-row"][data-ending="${ending}"]`);

  await t.test('a malformed frame is listed, looks so, and is opened byte by byte', async (t) => {
    await visitor.show('datagrams');
    await row('malformed.truncated').click();
    t.equal(await visitor.at('frame').getAttribute('data-malformed'), 'true');
    t.match(await row('malformed.truncated').locator('.tone-bad').textContent(), /truncated/);
    await visitor.reads('frame', /dropped as truncated/);
    t.equal(await page.locator('.hex .byte-fault').count(), 0, 'the fault is behind the last byte');
    await row('malformed.unknownType').click();
    t.equal(await visitor.at('frame').count(), 1, 'one is open at a time');
    await visitor.reads('frame', /dropped as unknownType/);
    t.ok((await page.locator('.hex .byte-fault').count()) > 0);
  });

  await t.test(
    'bytes and fields are marked together, by the keyboard and by pointing',
    async (t) => {
      await row('request.run').last().click();
      await page.locator('[data-testid="field"][data-label="id"]').waitFor();
      const fields = page.getByRole('listbox');
      await fields.focus();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      const marked = page.locator('[data-testid="field"][aria-selected="true"]');
      t.equal(await marked.getAttribute('data-label'), 'id');
      t.equal(await fields.getAttribute('aria-activedescendant'), await marked.getAttribute('id'));
      const digits = (await page.locator('.hex .byte-marked').allTextContents()).join('');
      t.match(digits.replaceAll(/[^\da-f ]/g, '').trim(), /^[\da-f]{2} /);
      await page.locator('.hex [data-field="0"]').first().hover();
      t.equal(await marked.getAttribute('data-label'), 'type');
      await page.keyboard.press('End');
      t.equal(await marked.getAttribute('data-label'), 'header map');
    },
  );

  await t.test('the list is walked with the keyboard, and Escape closes the frame', async (t) => {
    const list = visitor.at('datagrams-table');
    await list.focus();
    await page.keyboard.press('Home');
    const chosen = page.locator('[data-testid="frame-row"][aria-selected="true"]');
    const first = await chosen.getAttribute('id');
    await page.keyboard.press('ArrowDown');
    t.not(await chosen.getAttribute('id'), first);
    t.equal(await list.getAttribute('aria-activedescendant'), await chosen.getAttribute('id'));
    await page.keyboard.press('End');
    t.equal(await chosen.getAttribute('data-type'), 'request', 'the first of all');
    await visitor.at('frame').waitFor();
    await page.keyboard.press('Escape');
    await visitor.at('frame').waitFor({ state: 'detached' });
    await visitor.at('main-datagrams').waitFor();
  });

  await t.test('a frame leads to its call, and a frame of a call to all others', async () => {
    await row('response.matched').first().click();
    await visitor.at('frame-call').click();
    await visitor.at('call').waitFor();
    await visitor.at('datagram').first().locator('button').first().click();
    await visitor.at('show-frame').click();
    await visitor.at('main-datagrams').waitFor();
    await visitor.reads('frame', /sent it to|received it from/);
  });

  await t.test('a fate leads to its frames', async (t) => {
    await visitor.show('fates');
    await page
      .locator('[data-fate="malformed.truncated"][data-count="1"]')
      .getByTestId('show-frames')
      .click();
    await visitor.at('main-datagrams').waitFor();
    t.equal(await visitor.at('datagrams-table').getAttribute('data-count'), '1');
    await row('malformed.truncated').waitFor();
    await visitor.at('datagrams-clear').click();
    await visitor.at('filter-malformed').click();
    t.equal(await visitor.at('datagrams-table').getAttribute('data-count'), '2');
    await visitor.at('datagrams-clear').click();
  });

  await t.test('in the sequence it does not look like an answer, and opens', async (t) => {
    await visitor.show('sequence');
    const arrows = page.locator('[data-testid="arrow"][data-malformed="true"]');
    await arrows.first().waitFor();
    t.equal(await arrows.count(), 2);
    for (const label of await arrows.locator('text').allTextContents()) {
      t.match(label, /malformed|unreadable/);
    }
    await arrows.first().locator('.arrow-hit').dispatchEvent('click');
    await visitor.reads('frame', /dropped as/);
  });

  await t.test('names and values show what they are', async (t) => {
    await visitor.show('calls');
    await visitor.at('filter-clear').click();
    await visitor.at('kind-all').click();
    const names = await page.locator('.row .procedure').allTextContents();
    t.ok(names.includes('find\\u{202e}gnp'));
    t.notOk(names.some((name) => name.includes('\u202e')));
    await visitor.at('kind-call').click();
    await visitor.search('procedure:greet');
    await visitor.rows('resolved').first().click();
    await visitor.reads('value-arguments', /^\["7n", 1970-01-01T00:00:00\.000Z, 2 bytes: 01 02\]$/);
    t.equal(await visitor.at('value-arguments').locator('.value-typed').count(), 2);
    t.equal(await visitor.at('value-arguments').locator('.value-string').count(), 1);
  });

  await t.test('two calls are compared side by side', async (t) => {
    await visitor.at('compare').click();
    await visitor.at('compare-offer').first().click();
    await visitor.at('comparison').waitFor();
    const facts = await page.evaluate<string[]>(DIFFERING);
    t.ok(facts.includes('arguments'));
    t.notOk(facts.includes('procedure'));
    await visitor.reads('compared-moment', /called/);
    await visitor.at('stop-comparing').click();
    await visitor.at('call').waitFor();

    await visitor.at('compare').click();
    await visitor.at('compare-any').click();
    await visitor.at('comparing').waitFor();
    await visitor.at('search').fill('missing');
    await visitor.rows('rejected').first().click();
    await visitor.at('comparison').waitFor();
    const rest = await page.evaluate<string[]>(DIFFERING);
    t.ok(['procedure', 'state', 'why'].every((name) => rest.includes(name)));
    await visitor.at('stop-comparing').click();
    await visitor.reads('verdict', /^unknownProcedure/);
  });

  t.strictSame(visitor.complaints, []);
});

/** Runs in the page. Returns the names of the facts in which the compared calls differ. */
const DIFFERING = `[...document.querySelectorAll('[data-testid="fact"][data-differs="true"]')]
  .map(({ dataset }) => dataset.fact)`;
