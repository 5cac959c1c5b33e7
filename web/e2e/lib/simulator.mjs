// hienluong-sim on a free port with a folder of its own, for the tests of partners.
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from '../server.mjs';

const program = process.env.HL_SIMULATOR ?? join(dirname(process.env.HL_PROGRAM ?? join(root, 'build/release/bin/hienluong')), 'hienluong-sim');

/** `partners`: their modules' names; `options`: further words of its command line. `secret` is a file with its own made-up password. */
export async function simulate(partners, options = []) {
  const folder = mkdtempSync(join(tmpdir(), 'hl-sim-'));
  const secret = join(folder, 'secret');
  writeFileSync(secret, 'mat-khau-thu\n');
  chmodSync(secret, 0o600);
  const only = partners.flatMap((name) => ['--only', name]);
  const simulator = spawn(program, ['--port', '0', '--file', join(folder, 'sim.db'), ...only, ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  process.once('exit', () => simulator.kill('SIGKILL'));
  const url = await new Promise((resolve, reject) => {
    simulator.stdout.on('data', (chunk) => resolve(String(chunk).trim()));
    simulator.on('exit', (code) => reject(new Error(`the simulator ended with ${code}`)));
  });
  /** `path` under /control/: a fault, or a command. */
  const tell = async (path, body) => {
    const answer = await fetch(`${url}/control/${path}`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.json();
  };
  const holds = async (partner) => (await (await fetch(`${url}/compare/${partner}?limit=5000`)).json()).items;
  const stop = () => {
    simulator.removeAllListeners('exit');
    simulator.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  return { url, secret, tell, holds, stop };
}
