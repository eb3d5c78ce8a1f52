#!/usr/bin/env node
import { startFakeServer } from './fake/server.mjs';

const { url, stop } = await startFakeServer({
  port: Number(process.env.PORT ?? 4173),
  think: Number(process.env.FAKE_THINK_MS ?? 700),
  between: Number(process.env.FAKE_BETWEEN_MS ?? 4000),
});
console.log(`listening on ${url}`);
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => { stop(); process.exit(0); });
