// The one way to the API: cookie session with its CSRF token, errors as RFC 9457 problems, an Idempotency-Key a user's
// intent that stays the same through retries, and a lost or locked session asked back without losing what was typed.

export interface Problem {
  type?: string;
  title: string;
  status: number;
  detail?: string;
  instance?: string;
  code: string;
  rule?: string;
  errors?: { pointer?: string; code: string; detail: string; rule?: string }[];
}

export class ApiProblem extends Error {
  constructor(readonly problem: Problem) {
    super(problem.title);
    this.name = 'ApiProblem';
  }
  get code() {
    return this.problem.code;
  }
  get status() {
    return this.problem.status;
  }
  /** The message for a field, by its JSON pointer. */
  at(pointer: string): string | undefined {
    return this.problem.errors?.find((e) => e.pointer === pointer)?.detail;
  }
}

export interface Call {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  body?: unknown;
  /** One per intent of the user; the same through every retry. */
  key?: string;
  ifMatch?: string;
  /** Another party is asked: that it does not answer is the answer, and asking again is for the person to say. */
  once?: boolean;
  /** Sent while the page is left. */
  leaving?: boolean;
  /** Sign-in itself: its refusals are answers, not a lost session. */
  plain?: boolean;
  signal?: AbortSignal;
  /** Without the browser's cookie. */
  bare?: boolean;
  bearer?: string;
}
export interface Answered<T> {
  data: T;
  etag: string | null;
  status: number;
}

export type SessionLoss = 'locked' | 'gone' | 'csrf';
export interface ClientParts {
  fetch: typeof fetch;
  sleep: (ms: number) => Promise<void>;
  csrf: () => string | null;
  language: () => 'vi' | 'en';
  /** Asks the person to come back in; resolves when the session is good again, rejects when he gave up. */
  regain: (loss: SessionLoss) => Promise<void>;
  offline: (offline: boolean) => void;
  /** Nobody has touched the page for a while: what it asks now is not a person's doing, and does not keep his session
   *  from locking. */
  idle?: () => boolean;
}

const lost: Record<string, SessionLoss> = {
  'access.session_locked': 'locked',
  'access.session_expired': 'gone',
  'access.unauthenticated': 'gone',
  'access.csrf': 'csrf',
};
const waits = [400, 1200, 3000];

export function newKey(): string {
  return crypto.randomUUID();
}

export class Client {
  constructor(private readonly parts: ClientParts) {}

  async send<T>(call: Call): Promise<Answered<T>> {
    const method = call.method ?? (call.body === undefined ? 'GET' : 'POST');
    // A command without a key cannot be told from a second one: the caller gets one that lasts for this call.
    const key = method === 'GET' ? undefined : (call.key ?? newKey());
    let regained = 0;
    for (let attempt = 0; ; ++attempt) {
      let response: Response;
      try {
        response = await this.parts.fetch(call.path, {
          method,
          headers: this.headers(method, call, key),
          body: call.body === undefined ? undefined : JSON.stringify(call.body),
          credentials: call.bare ? 'omit' : 'same-origin',
          keepalive: call.leaving ?? false,
          signal: call.signal,
        });
      } catch (reason) {
        if (call.signal?.aborted) throw reason;
        const wait = waits[attempt];
        if (wait === undefined || call.leaving) {
          this.parts.offline(true);
          throw new ApiProblem(this.noNetwork());
        }
        await this.parts.sleep(wait);
        continue;
      }
      this.parts.offline(false);
      if (response.ok) {
        const etag = response.headers.get('ETag');
        const text = response.status === 204 ? '' : await response.text();
        return { data: (text ? JSON.parse(text) : undefined) as T, etag, status: response.status };
      }
      const problem = await readProblem(response);
      const loss = call.plain ? undefined : lost[problem.code];
      if (loss && regained < 3 && !call.leaving) {
        ++regained;
        await this.parts.regain(loss);
        continue;
      }
      // Busy or restarting, or the same intent still under way: the same key makes the repetition safe.
      const again = response.status === 503 || response.status === 502 || problem.code === 'idempotency.in_progress';
      const wait = waits[attempt];
      if (again && wait !== undefined && !call.leaving && !call.once) {
        await this.parts.sleep(wait);
        continue;
      }
      throw new ApiProblem(problem);
    }
  }

  async get<T>(path: string, signal?: AbortSignal): Promise<T> {
    return (await this.send<T>({ path, signal })).data;
  }

  /** A file as the raw body; its name in a header, because names name people and addresses end up in logs. */
  async upload<T>(path: string, file: File): Promise<T> {
    for (let regained = 0; ; ++regained) {
      const response = await this.reach(path, {
        method: 'POST',
        headers: { ...this.headers('POST', { path }, undefined), 'Content-Type': 'application/octet-stream', 'X-File-Name': encodeURIComponent(file.name.normalize('NFC')) },
        body: file,
        credentials: 'same-origin',
      });
      if (response.ok) return (await response.json()) as T;
      await this.judge(response, regained);
    }
  }
  async blob(path: string): Promise<Blob> {
    for (let regained = 0; ; ++regained) {
      const response = await this.reach(path, { headers: { 'Accept-Language': this.parts.language() }, credentials: 'same-origin' });
      if (response.ok) return response.blob();
      await this.judge(response, regained);
    }
  }

  private async reach(path: string, init: RequestInit): Promise<Response> {
    try {
      const response = await this.parts.fetch(path, init);
      this.parts.offline(false);
      return response;
    } catch {
      this.parts.offline(true);
      throw new ApiProblem(this.noNetwork());
    }
  }
  /** Asks the session back when that was the reason; throws every other refusal. */
  private async judge(response: Response, regained: number): Promise<void> {
    const problem = await readProblem(response);
    const loss = lost[problem.code];
    if (!loss || regained >= 3) throw new ApiProblem(problem);
    await this.parts.regain(loss);
  }
  private headers(method: string, call: Call, key: string | undefined): Record<string, string> {
    const headers: Record<string, string> = { Accept: 'application/json', 'Accept-Language': this.parts.language() };
    if (this.parts.idle?.()) headers['X-Background'] = '1';
    if (call.body !== undefined) headers['Content-Type'] = 'application/json';
    if (method !== 'GET') {
      if (key) headers['Idempotency-Key'] = key;
      const csrf = this.parts.csrf();
      if (csrf) headers['X-CSRF-Token'] = csrf;
    }
    if (call.bearer) headers['Authorization'] = `Bearer ${call.bearer}`;
    if (call.ifMatch) headers['If-Match'] = call.ifMatch;
    return headers;
  }
  private noNetwork(): Problem {
    return this.parts.language() === 'vi'
      ? { code: 'network', status: 0, title: 'Không kết nối được máy chủ.', detail: 'Nội dung đã nhập vẫn còn trên trang. Kiểm tra mạng rồi gửi lại.' }
      : { code: 'network', status: 0, title: 'The server cannot be reached.', detail: 'What you typed is still on the page. Check the network and send it again.' };
  }
}

async function readProblem(response: Response): Promise<Problem> {
  try {
    const problem = (await response.json()) as Problem;
    if (typeof problem.title === 'string' && typeof problem.code === 'string') return problem;
  } catch {
    // not a problem document: a proxy's page, or nothing
  }
  return { code: `http.${response.status}`, status: response.status, title: `HTTP ${response.status}` };
}
