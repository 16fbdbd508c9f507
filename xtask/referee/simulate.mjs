// Decides cases with @cloud-copilot/iam-simulate, through its public function: one JSON object a line, as answers are.
//
//     node xtask/referee/simulate.mjs <folder that holds node_modules>  < cases > answers
//
// With `--measure` it answers nothing, and prints how many decisions it makes in a second of processor time.

import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import path from 'node:path'
import process from 'node:process'

const [folder, mode] = process.argv.slice(2)
const { runSimulation } = createRequire(path.join(path.resolve(folder), 'x.js'))('@cloud-copilot/iam-simulate')

async function answer(simulation) {
  try {
    const found = await runSimulation(simulation, {})
    if (found.resultType === 'error') return { error: found.errors.message }
    if (found.result?.ignoredContextKeys?.length) return { error: `ignored ${found.result.ignoredContextKeys}` }
    return { decision: found.overallResult, blockedBy: found.result?.analysis?.blockedBy ?? [] }
  } catch (error) {
    return { error: `threw ${error.message}` }
  }
}

const cases = []
for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const { id, ...simulation } = JSON.parse(line)
  if (mode === '--measure') cases.push(simulation)
  else process.stdout.write(JSON.stringify({ id, ...(await answer(simulation)) }) + '\n')
}

if (mode === '--measure') {
  for (const simulation of cases) await answer(simulation)
  const start = process.cpuUsage()
  let decisions = 0
  const until = Date.now() + 10_000
  while (Date.now() < until) {
    for (const simulation of cases) await answer(simulation)
    decisions += cases.length
  }
  const { user, system } = process.cpuUsage(start)
  console.log(decisions / ((user + system) / 1e6))
}
