// What a route loads at first: its entries and everything they import statically, counted once.
export function filesOf(manifest, entries) {
  const files = new Set();
  const seen = new Set();
  const visit = (key) => {
    const chunk = manifest[key];
    if (!chunk) throw new Error(`the build has no entry ${key}`);
    if (seen.has(key)) return;
    seen.add(key);
    files.add(chunk.file);
    for (const css of chunk.css ?? []) files.add(css);
    for (const next of chunk.imports ?? []) visit(next);
  };
  entries.forEach(visit);
  return [...files];
}

/** @returns the routes with their size in bytes and whether they are over budget */
export function judge(manifest, budgets, sizeOf) {
  return Object.entries(budgets.routes).map(([route, { entries, kb }]) => {
    const bytes = filesOf(manifest, entries).reduce((sum, file) => sum + sizeOf(file), 0);
    return { route, bytes, kb, over: bytes > kb * 1000 };
  });
}
