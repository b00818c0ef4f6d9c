import { it } from 'vitest'
import { createDetector } from '../src/detect/index.ts'
// @ts-ignore
import { material } from './bench/material.mjs'
it('x', () => {
  for (const k of ['log','source','git']) {
    const b = (material as any)[k](8<<20) as Buffer
    ;(globalThis as any).__c = new Map(); (globalThis as any).__s=[]
    const t=performance.now(); createDetector().scan(b); const ms=performance.now()-t
    console.log(k, ms.toFixed(0)+'ms for 8MB', [...(globalThis as any).__c].sort((a:any,b:any)=>b[1]-a[1]).slice(0,14).map((x:any)=>x.join(' ')).join(' | '))
    console.log((globalThis as any).__s.slice(0,15).join('\n'))
  }
}, 60000)
