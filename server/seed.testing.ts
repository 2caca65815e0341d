import fc from 'fast-check'

// The same cases on every machine, so that a red run is one to repeat. `FC_SEED=...` tries others; `SOAK=1` many.
fc.configureGlobal({ seed: Number(process.env.FC_SEED ?? 20_261_123) })
