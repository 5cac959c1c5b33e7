// A real server with the demonstration province in a temporary folder, and people to sign in as. Everything made up.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const root = new URL('../../', import.meta.url).pathname;
const dist = join(root, 'web/dist');
const program = process.env.HL_PROGRAM ?? join(root, 'build/release/bin/hienluong');

/** HL_ENGINE=postgres: a database of its own on the server that HL_TEST_PG names (tools/test-postgres). */
function database(name) {
  if ((process.env.HL_ENGINE ?? 'sqlite') === 'sqlite') return { setting: '', drop: () => {} };
  const url = process.env.HL_TEST_PG;
  if (!url) throw new Error('HL_ENGINE=postgres needs HL_TEST_PG');
  const sql = (text) => {
    const done = spawnSync('psql', ['-qX', '-v', 'ON_ERROR_STOP=1', '-c', text, url], { encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`psql: ${done.stderr}`);
  };
  sql(`CREATE DATABASE ${name}`);
  return { setting: `database: ${url.replace(/\/[^/]*$/, `/${name}`)}\n`, drop: () => sql(`DROP DATABASE ${name} WITH (FORCE)`) };
}

/** `more`: further lines of the settings file. */
export async function start({ dossiers = 500, more = '' } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'hl-web-'));
  const settings = join(folder, 'settings.yaml');
  const own = database(`web_${process.pid}_${Date.now()}`);
  writeFileSync(settings, `${own.setting}data_dir: ${folder}/data\nport: 0\nweb: ${dist}\npack: ${root}packs/quang-tri\napi_document: ${root}api/openapi.yaml\n${more}`);
  const run = (...args) => {
    const done = spawnSync(program, ['--config', settings, ...args], { cwd: root, encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`${args.join(' ')}: ${done.stdout} ${done.stderr}`);
    return done.stdout;
  };
  const printed = run('demo', '--dossiers', String(dossiers));
  const passwords = {};
  for (const [, login, password] of printed.matchAll(/^ {4}(mau-[a-z-]+) {2}(\S+)$/gm)) passwords[login] = password;
  const admin = /administrator '(\w+)', one-time password \(shown once\): (\S+)/.exec(printed);
  if (admin) passwords[admin[1]] = admin[2];

  const server = spawn(program, ['--config', settings, 'serve', '--port', '0'], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  // Ended from outside (timeout): the program does not outlive its test.
  process.once('SIGTERM', () => {
    server.kill('SIGKILL');
    console.log('FAIL ended from outside');
    process.exit(1);
  });
  // The log is for whoever reads of a failure: what was no ordinary line, the last of it.
  let troubles = [];
  let rest = '';
  server.stderr.setEncoding('utf8').on('data', (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    troubles = [...troubles, ...lines.filter((line) => line && !line.includes('"level":"info"'))].slice(-12);
  });
  const origin = await new Promise((resolve, reject) => {
    let text = '';
    server.stdout.on('data', (chunk) => {
      text += chunk;
      const found = /http:\/\/[0-9.:]+/.exec(text);
      if (found) resolve(found[0]);
    });
    server.on('exit', (code) => reject(new Error(`the server ended with ${code}`)));
  });
  const call = async (token, path, body, method = 'POST') => {
    const answer = await fetch(`${origin}/api/v1/${path}`, {
      method: body === undefined ? 'GET' : method,
      headers: { ...(token ? { Authorization: `Bearer ${token}` } : {}), ...(body === undefined ? {} : { 'Content-Type': 'application/json', 'Idempotency-Key': randomUUID() }) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : null;
  };
  const tokens = {};
  for (const login of Object.keys(passwords)) {
    const signed = await call(null, 'sessions', { login, password: passwords[login] });
    tokens[login] = signed.token;
    if (!signed.must_change_password) continue;
    const own = `cau dai de nho ${randomBytes(6).toString('hex')}`;
    await call(signed.token, 'me/password', { old_password: passwords[login], password: own });
    passwords[login] = own;
  }
  const stop = async () => {
    server.removeAllListeners('exit');
    server.kill('SIGTERM');
    await new Promise((done) => server.on('exit', done));
    rmSync(folder, { recursive: true, force: true });
    own.drop();
  };
  return { base: origin, origin, call, tokens, passwords, run, stop, troubles: () => troubles.map((line) => `program: ${line.slice(0, 400)}`) };
}

/** Dossiers of the ward in every state of a day, filed for people who do not exist. */
export async function fill({ call, tokens }, count = 24) {
  const clerk = tokens['mau-mot-cua'], handler = tokens['mau-thu-ly'], head = tokens['mau-lanh-dao'];
  const names = ['Nguyễn Thị Mẫu', 'Trần Văn Ví Dụ', 'Lê Thử', 'Phạm Minh Mẫu', 'Hoàng Thị Thử'];
  const codes = [];
  for (let i = 0; i < count; ++i) {
    const filed = await call(clerk, 'dossiers', {
      procedure: '1.001612', channel: 'desk', place: 'vn-19333', reception: 'ubnd-19333',
      applicant: { kind: 'citizen', name: names[i % names.length], id_kind: 'personal_id', id_number: `0450${String(85 + (i % 10)).padStart(2, '0')}${String(900000 + i)}`, phone: `09000001${String(i).padStart(2, '0')}`, address: 'Khu phố Mẫu, phường Đông Hà' },
      summary: 'Đăng ký thành lập hộ kinh doanh (mẫu)',
      answers: { business_name: `Hộ mẫu ${i + 1}`, address: 'Địa chỉ mẫu', lines: 'Bán lẻ', capital: 50000000, founded_by: 'person', authorised: false },
      components: [{ id: 'giay-de-nghi', originals: 1, digitised: true }, { id: 'can-cuoc', copies: 1, digitised: true }],
    });
    const code = filed.code;
    codes.push(code);
    const stage = i % 6;
    if (stage === 0) continue;
    await call(clerk, `dossiers/${code}/receive`, {});
    if (stage === 1) continue;
    await call(clerk, `dossiers/${code}/transfer`, {});
    if (stage === 2) continue;
    await call(head, `dossiers/${code}/complete`, {});
    if (stage === 3) continue;
    await call(handler, `dossiers/${code}/claim`, {});
    if (stage === 4) {
      if (i % 12 === 4) await call(handler, `dossiers/${code}/supplement`, { items: ['Bản sao hợp đồng thuê địa điểm'], reason: 'Thành phần hồ sơ chưa đầy đủ', contact: 'Bộ phận một cửa' });
      continue;
    }
    await call(handler, `dossiers/${code}/complete`, { note: 'Hồ sơ đủ điều kiện' });
  }
  return codes;
}
