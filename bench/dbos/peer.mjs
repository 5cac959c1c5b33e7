// Durable workflows of three steps with DBOS on PostgreSQL: the peer of the step changes in bench/run. The steps do
// nothing, which favours the peer: only what it writes to be able to go on after a crash is measured.
//   node peer.mjs postgresql://…/database COUNT IN_FLIGHT
import { DBOS } from "@dbos-inc/dbos-sdk";

const [url, count, inFlight] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4] ?? 64)];
if (!url || !(count > 0)) {
  console.error("peer.mjs DATABASE_URL COUNT [IN_FLIGHT]");
  process.exit(2);
}

const dossier = DBOS.registerWorkflow(
  async (n) => {
    let value = n;
    for (const name of ["receive", "handle", "approve"])
      value = await DBOS.runStep(async () => value + 1, { name });
    return value;
  },
  { name: "dossier" },
);

DBOS.setConfig({ name: "peer", systemDatabaseUrl: url, logLevel: "error", runAdminServer: false });
await DBOS.launch();

async function run(total) {
  let next = 0;
  const worker = async () => {
    while (next < total) {
      const n = next++;
      const got = await dossier(n);
      if (got !== n + 3) throw new Error(`workflow ${n} gave ${got}`);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
}
await run(Math.min(count, 500)); // the compiler and the connections warm up
const started = performance.now();
await run(count);
const seconds = (performance.now() - started) / 1000;
console.log(`answered=${count} seconds=${seconds.toFixed(3)} per_second=${(count / seconds).toFixed(0)}`);
await DBOS.shutdown();
