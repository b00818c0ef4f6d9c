import { it } from 'vitest'
import { createDetector } from '../src/detect/index.ts'
import { secretOf } from '../src/secret/index.ts'
import { randomToken } from './support.ts'
const hex=(b:Buffer)=>b.toString('hex')
const all=(f:(c:number)=>string)=>(b:Buffer)=>Buffer.from([...b].map(f).join(''))
const cps=(f:(c:number)=>string)=>(b:Buffer)=>Buffer.from([...b.toString()].map(c=>f(c.codePointAt(0)!)).join(''))
const enc: Record<string,(b:Buffer)=>Buffer> = {
  pct: all(c=>'%'+c.toString(16).padStart(2,'0')),
  pctHalf: all(c=>c%2||c>127?'%'+c.toString(16).padStart(2,'0'):String.fromCharCode(c)),
  u: cps(c=>'\\u'+c.toString(16).padStart(4,'0')),
  x: all(c=>'\\x'+c.toString(16).padStart(2,'0')),
  oct: all(c=>'\\'+c.toString(8).padStart(3,'0')),
  html: cps(c=>'&#'+c+';'),
  htmlx: cps(c=>'&#x'+c.toString(16)+';'),
  qp: all(c=>'='+c.toString(16).padStart(2,'0').toUpperCase()),
  hex: b=>Buffer.from(hex(b)),
  hexsp: all(c=>c.toString(16).padStart(2,'0')+' '),
  hexcol: b=>Buffer.from([...b].map(c=>c.toString(16).padStart(2,'0')).join(':')),
  hex0x: b=>Buffer.from([...b].map(c=>'0x'+c.toString(16).padStart(2,'0')).join(', ')),
  dec: b=>Buffer.from(JSON.stringify(b)),
  decpretty: b=>Buffer.from(JSON.stringify([...b],null,4)),
  chr: b=>Buffer.from([...b].map(c=>`chr(${c})`).join('.')),
  b64: b=>Buffer.from(b.toString('base64')),
  b64w: b=>Buffer.from(b.toString('base64').replace(/.{76}/g,'$&\n')),
  b64diff: b=>Buffer.from(b.toString('base64').replace(/(.{76})/g,'+$1\n').replace(/\n(?!\+)/,'\n+')),
  u16: b=>Buffer.from(b.toString(),'utf16le'),
  u16be: b=>Buffer.from(b.toString(),'utf16le').swap16(),
  u32: b=>{const o=Buffer.alloc(b.length*4); b.forEach((c,i)=>o[i*4]=c); return o},
  ansi: cps(c=>String.fromCodePoint(c)+'\x1b[31m'),
  zw: b=>Buffer.from([...b.toString()].join('\u200b')),
  full: b=>Buffer.from([...b.toString()].map(c=>c>' '&&c<'\x7f'?String.fromCharCode(c.charCodeAt(0)+0xfee0):c).join('')),
  cat: b=>Buffer.from("'"+[...b.toString()].join("' + '")+"'"),
  cat7: b=>Buffer.from('"'+b.toString().replace(/.{7}/g,'$&" +\n    "')+'"'),
  arr: b=>Buffer.from("['"+b.toString().replace(/.{7}/g,"$&', '")+"'].join('')"),
  cont: b=>Buffer.from(b.toString().replace(/.{9}/g,"$&\\\n")),
  fold: b=>Buffer.from('key: >-\n  '+b.toString().replace(/.{9}/g,"$&\n  ")),
  span: b=>Buffer.from('<b>'+[...b.toString()].join('</b><b>')+'</b>'),
  word: b=>Buffer.from('<w:r><w:t>'+b.toString().replace(/.{5}/g,'$&</w:t></w:r>\n  <w:r w:rsidR="00A">\n<w:t>')+'</w:t></w:r>'),
  b32: b=>{let s='';let bits='';for(const c of b)bits+=c.toString(2).padStart(8,'0');for(let i=0;i<bits.length;i+=5)s+='ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[parseInt(bits.slice(i,i+5).padEnd(5,'0'),2)];return Buffer.from(s)},
  dump: b=>{let s='';for(let i=0;i<b.length;i+=16){const p=b.subarray(i,i+16);const h=[...p].map(c=>c.toString(16).padStart(2,'0'));s+=i.toString(16).padStart(8,'0')+'  '+(h.slice(0,8).join(' ')+'  '+h.slice(8).join(' ')).padEnd(48)+'  |'+p.toString('latin1')+'|\n'}return Buffer.from(s)},
  xxd: b=>{let s='';for(let i=0;i<b.length;i+=16){const p=b.subarray(i,i+16);const h=p.toString('hex').match(/.{1,4}/g)!;s+=i.toString(16).padStart(8,'0')+': '+h.join(' ').padEnd(39)+'  '+p.toString('latin1')+'\n'}return Buffer.from(s)},
  words: b=>{let s='';for(let i=0;i<b.length;i+=16){const p=Buffer.from(b.subarray(i,i+16));const q=p.length%2?Buffer.concat([p,Buffer.alloc(1)]):p;s+=i.toString(16).padStart(7,'0')+' '+Buffer.from(q).swap16().toString('hex').match(/.{4}/g)!.join(' ')+'\n'}return Buffer.from(s)},
  dash: b=>Buffer.from(b.toString().replaceAll('-','\u2011')),
}
const inner=new Set(['cat','cat7','arr','cont','fold','span','word','dash','ansi','zw','full'])
it('x', () => {
  const d = createDetector()
  const bad:string[]=[]; let n=0
  const check=(names:string[])=>{
    const t=randomToken((['mixed','lower','hex'] as const)[n%3]); n++
    let b=Buffer.from('x'.repeat(n%5)+'k='+t+' z')
    if (inner.has(names[names.length-1]!)) b=Buffer.from(t)
    for (const k of [...names].reverse()) b=enc[k]!(b)
    const u=Buffer.concat([Buffer.from('some text\n'.slice(0,3+n%7)+'\n'),b,Buffer.from('\nend')])
    const hits=d.scan(u)
    const ok=hits.length===1&&hits[0]!.secret.fingerprint===secretOf(t).fingerprint
    if(!ok&&process.env.SHOW===names.join('>')) {console.log(u.toString('latin1'),hits); process.env.SHOW=''}
    if(!ok) bad.push(names.join('>')+' '+hits.map(h=>h.confidence+':'+h.encodings.join('+')))
  }
  const ks=Object.keys(enc)
  for(const k of ks) for(let r=0;r<12;r++) check([k])
  const one=[...new Set(bad)]; console.log('single',one.length,one.join('\n')); bad.length=0
  for(const a of ks) for(const b of ks) for(let r=0;r<3;r++) check([a,b])
  const two=[...new Set(bad)]; console.log('double',two.length,'of',ks.length**2,two.join('\n')); bad.length=0
  const t0=performance.now()
  let m=0
  for(let r=0;r<3000;r++){const p=()=>ks[Math.floor(Math.random()*ks.length)]!; check([p(),p(),p()]);m++}
  console.log('triple',bad.length,'of',m,(performance.now()-t0).toFixed(0)+'ms',bad.slice(0,60).join('\n'))
})
