import { describe, expect, it } from 'vitest';
import { filled, readOpenApi, sample } from '../console/exchange/description';
import { adviceOf, joinCommand, readEndpoints, stateOfRight, stepsOf, summed } from '../console/exchange/logic';
import type { Server, UsageRow } from '../console/exchange/api';

describe('endpoints typed by hand', () => {
  it('are a method and a path a line', () => expect(readEndpoints('get /a/*\n\n* **')).toEqual({ list: [{ method: 'GET', path: '/a/*' }, { method: '*', path: '**' }], wrong: null }));
  it('name the line that is none', () => expect(readEndpoints('GET /a\n/b').wrong).toBe('/b'));
});

describe('advice for a fault', () => {
  it('is the same in both spellings', () => {
    for (const fault of ['Server.ServerProxy.AccessDenied', 'server.serverproxy.access_denied']) expect(adviceOf(fault)).toBe('access_denied');
  });
  it('knows a system that fails, a gateway that is away and a client that is not listed', () => {
    expect(adviceOf('Server.ServerProxy.ServiceFailed.HttpError')).toBe('network_error');
    expect(adviceOf('Server.ClientProxy.NetworkError')).toBe('network_error');
    expect(adviceOf('Server.ServerProxy.ServiceMissingUrl')).toBe('service_missing_url');
    expect(adviceOf('Client.InternalError')).toBe('client');
  });
  it('sends whoever meets another one to the administrator', () => expect(adviceOf('Signer.CannotSign')).toBe('other'));
});

it('a right holds from its first day to the end of its last', () => {
  const right = { from: '2026-11-02', to: '2026-11-30', revoked_at: null };
  expect(['2026-11-01', '2026-11-02', '2026-11-30', '2026-12-01'].map((day) => stateOfRight(right, day))).toEqual(['later', 'now', 'now', 'ended']);
  expect(stateOfRight({ ...right, revoked_at: '2026-11-03T00:00:00Z' }, '2026-11-04')).toBe('revoked');
});

describe('the steps of a join', () => {
  const server = { server: 'Q/GOV/A/s', waiting: 0, certificates: [{ use: 'authentication', revoked_at: null }] } as unknown as Server;
  const code = { state: 'open', server: server.server, used_at: null } as const;
  it('wait for the code to be used', () => expect(stepsOf(code, [], 3, false)).toEqual({ code: 'done', used: 'now', certificates: 'later', configuration: 'later', round: 'later' }));
  it('say when the code came to its end unused', () => expect(stepsOf({ ...code, state: 'expired' }, [], 3, false).used).toBe('failed'));
  it('wait for an external authority', () => expect(stepsOf({ ...code, state: 'used' }, [{ ...server, waiting: 2 }], 3, false).certificates).toBe('now'));
  it('are over with the round trip alone', () => {
    expect(stepsOf({ ...code, state: 'used' }, [server], 3, false).round).toBe('now');
    expect(Object.values(stepsOf({ ...code, state: 'used' }, [server], 3, true))).toEqual(['done', 'done', 'done', 'done', 'done']);
  });
});

it('the command of a join cannot be turned into another one by an address', () => {
  expect(joinCommand('hl1.x', 'a.vn:5500')).toBe('hienluong gateway join hl1.x --address a.vn:5500');
  expect(joinCommand('hl1.x', "a; rm -rf 'x'")).toBe("hienluong gateway join hl1.x --address 'a; rm -rf x'");
});

describe('an OpenAPI document', () => {
  const document = {
    openapi: '3.0.3', info: { title: 'T', version: '1' },
    paths: { '/a/{id}': { parameters: [{ $ref: '#/components/parameters/Id' }], get: { summary: 'one', parameters: [{ name: 'q', in: 'query', schema: { type: 'integer' } }], responses: { 200: { description: 'ok' } } }, post: { requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/A' } } } } } }, '/b/{x}': { get: {} } },
    components: { parameters: { Id: { name: 'id', in: 'path', required: true, schema: { type: 'string' }, example: '7' } }, schemas: { A: { type: 'object', properties: { name: { type: 'string', example: 'n' }, list: { type: 'array', items: { $ref: '#/components/schemas/A' } } } } } },
  };
  const read = readOpenApi(document)!;
  it('has its operations with shared and own parameters', () => {
    expect(read.operations.map((o) => o.id)).toEqual(['get /a/{id}', 'post /a/{id}', 'get /b/{x}']);
    expect(read.operations[0]!.parameters.map((p) => [p.name, p.where, p.required, p.example])).toEqual([['id', 'path', true, '7'], ['q', 'query', false, '']]);
  });
  it('asks for what stands in a path though nobody described it', () => expect(read.operations[2]!.parameters).toMatchObject([{ name: 'x', where: 'path', required: true }]));
  it('gives a body to begin with, and a schema that holds itself comes to an end', () => {
    expect(JSON.parse(read.operations[1]!.body!)).toMatchObject({ name: 'n' });
    expect(sample(document, { $ref: '#/components/schemas/A' })).toBeTruthy();
  });
  it('is null where there is none', () => { expect(readOpenApi('x')).toBeNull(); expect(readOpenApi({ paths: 1 })).toBeNull(); });
  it('is filled in percent-encoded', () => expect(filled(read.operations[0]!, { id: 'Đ/1', q: '2' })).toBe('/a/%C4%90%2F1?q=2'));
});

it('usage is summed up, and an unknown duration stays unknown', () => {
  const row = { hour: '2026-11-01T01:00:00Z', side: 'client', client: 'A', service: 'S', messages: 2, failed: 1, request_bytes: 3, response_bytes: 4, p50_ms: null, p95_ms: null, p99_ms: null } as UsageRow;
  expect(summed([row, row], (r) => r.client)).toEqual([{ key: 'A', messages: 4, failed: 2, request_bytes: 6, response_bytes: 8, p95_ms: null }]);
  expect(summed([row, { ...row, p95_ms: 20 }], () => '')[0]!.p95_ms).toBe(20);
});
