// `read` of each, some at a time: a browser has six connections to a host, one of which is the stream of changes.
export async function eachOf<Thing, Result>(things: Thing[], read: (thing: Thing) => Promise<Result>, atOnce = 5): Promise<Result[]> {
  const results = new Array(things.length) as Result[];
  let next = 0;
  const worker = async () => {
    for (let mine = next++; mine < things.length; mine = next++) results[mine] = await read(things[mine]!);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, things.length) }, worker));
  return results;
}
