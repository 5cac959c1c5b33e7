import { describe, expect, it, vi as mock } from 'vitest';
import { ApiProblem, Client, type ClientParts, type SessionLoss } from '../api/client';
import { DelayedSends } from '../lib/undo';

const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json', ETag: '"4"' } });
const problem = (status: number, code: string) => json(status, { type: 'urn:x', title: code, status, code });
function client(answers: (Response | Error)[], more: Partial<ClientParts> = {}) {
  const calls: { path: string; headers: Record<string, string> }[] = [];
  const losses: SessionLoss[] = [];
  const offline: boolean[] = [];
  const parts: ClientParts = {
    fetch: async (path, init) => {
      calls.push({ path: String(path), headers: init?.headers as Record<string, string> });
      const next = answers.shift();
      if (!next) throw new Error('more calls than answers');
      if (next instanceof Error) throw next;
      return next;
    },
    sleep: async () => {},
    csrf: () => 'csrf-1',
    language: () => 'vi',
    regain: async (loss) => { losses.push(loss); },
    offline: (is) => { offline.push(is); },
    ...more,
  };
  return { api: new Client(parts), calls, losses, offline };
}

describe('a command keeps its key', () => {
  it('through a lost network and a busy server', async () => {
    const { api, calls } = client([new TypeError('network'), problem(503, 'http.overloaded'), json(200, { code: 'x' })]);
    const { data, etag } = await api.send({ path: '/api/v1/dossiers/x/receive', method: 'POST', body: {}, key: 'k-1' });
    expect(data).toEqual({ code: 'x' });
    expect(etag).toBe('"4"');
    expect(calls.map((c) => c.headers['Idempotency-Key'])).toEqual(['k-1', 'k-1', 'k-1']);
  });
  it('while the session is unlocked', async () => {
    const { api, calls, losses } = client([problem(401, 'access.session_locked'), json(200, {})]);
    await api.send({ path: '/x', method: 'POST', body: {} });
    expect(losses).toEqual(['locked']);
    expect(new Set(calls.map((c) => c.headers['Idempotency-Key'])).size).toBe(1);
    expect(calls[0]?.headers['X-CSRF-Token']).toBe('csrf-1');
  });
  it('and two intents have two', async () => {
    const { api, calls } = client([json(200, {}), json(200, {})]);
    await api.send({ path: '/x', method: 'POST', body: {} });
    await api.send({ path: '/x', method: 'POST', body: {} });
    expect(new Set(calls.map((c) => c.headers['Idempotency-Key'])).size).toBe(2);
  });
});

describe('a page nobody touches', () => {
  it('says that it asks by itself', async () => {
    let idle = false;
    const { api, calls } = client([json(200, {}), json(200, {})], { idle: () => idle });
    await api.get('/x');
    idle = true;
    await api.get('/x');
    expect(calls.map((c) => c.headers['X-Background'])).toEqual([undefined, '1']);
  });
});

describe('refusals', () => {
  it('are thrown as the server put them, and are not repeated', async () => {
    const { api, calls } = client([json(422, { title: 'Hãy ghi lý do', status: 422, code: 'supplement.reason_required', errors: [{ pointer: '/reason', code: 'x', detail: 'Hãy ghi lý do.' }] })]);
    const error = await api.send({ path: '/x', method: 'POST', body: {} }).catch((e: unknown) => e as ApiProblem);
    expect(error).toBeInstanceOf(ApiProblem);
    expect((error as ApiProblem).at('/reason')).toBe('Hãy ghi lý do.');
    expect(calls).toHaveLength(1);
  });
  it('a proxy’s page is not taken for a problem', async () => {
    const { api } = client([new Response('<html>', { status: 500 })]);
    await expect(api.get('/x')).rejects.toMatchObject({ problem: { code: 'http.500' } });
  });
  it('without a network the page is told, and told again when it is back', async () => {
    const { api, offline } = client([...Array.from({ length: 4 }, () => new TypeError('network')), json(200, {})]);
    await expect(api.get('/x')).rejects.toMatchObject({ problem: { code: 'network' } });
    await api.get('/x');
    expect(offline).toEqual([true, false]);
  });
  it('a wrong password at sign-in is an answer, not a lost session', async () => {
    const { api, losses } = client([problem(401, 'access.unauthenticated')]);
    await expect(api.send({ path: '/api/v1/sessions', method: 'POST', body: {}, plain: true })).rejects.toBeInstanceOf(ApiProblem);
    expect(losses).toEqual([]);
  });
});

describe('five seconds to think', () => {
  it('sends after the delay, once', () => {
    mock.useFakeTimers();
    const sends = new DelayedSends(5000);
    const send = mock.fn();
    sends.add('x', 'a', send);
    mock.advanceTimersByTime(4999);
    expect(send).not.toHaveBeenCalled();
    mock.advanceTimersByTime(1);
    sends.flush();
    expect(send).toHaveBeenCalledTimes(1);
    mock.useRealTimers();
  });
  it('takes the newest back and nothing else', () => {
    mock.useFakeTimers();
    const sends = new DelayedSends(5000);
    const [first, second, undone] = [mock.fn(), mock.fn(), mock.fn()];
    sends.add('x', 'a', first);
    sends.add('y', 'b', second, undone);
    expect(sends.undo()).toBe(true);
    mock.advanceTimersByTime(6000);
    expect(first).toHaveBeenCalledTimes(1);
    expect(second).not.toHaveBeenCalled();
    expect(undone).toHaveBeenCalledTimes(1);
    expect(sends.undo()).toBe(false);
    mock.useRealTimers();
  });
  it('a page that is left sends what waits', () => {
    const sends = new DelayedSends(5000);
    const send = mock.fn();
    sends.add('x', 'a', send);
    sends.flush(true);
    expect(send).toHaveBeenCalledWith(true);
  });
});
