import type { Database } from './schema.ts'

/** Who holds an incident: enough to tell on the same host whether that process still lives. */
export interface Holder {
  readonly name: string
  readonly bootId: string
  readonly pid: number
  readonly processStart: string
}

export interface Lease {
  readonly incident: string
  /** Only grows: a write with an older number is refused. */
  readonly fencing: number
}

export const leaseMs = 15_000
export const renewEveryMs = 5_000

/** The lease, or who has it. `gone` says whether a holder on this host is dead: its lease is taken over at once. */
export async function claimLease(
  tx: Database,
  incident: string,
  me: Holder,
  now: number,
  gone: (holder: Holder) => boolean,
): Promise<Lease | { readonly heldBy: Holder }> {
  const row = await tx.selectFrom('leases').selectAll().where('incident_id', '=', incident).executeTakeFirst()
  if (row !== undefined && row.expires_at > now && row.expires_at <= now + leaseMs) {
    const holder = { name: row.holder, bootId: row.boot_id, pid: row.pid, processStart: row.process_start }
    if (!gone(holder)) return { heldBy: holder }
  }
  const fencing = (row?.fencing ?? 0) + 1
  const values = {
    incident_id: incident,
    fencing,
    holder: me.name,
    boot_id: me.bootId,
    pid: me.pid,
    process_start: me.processStart,
    expires_at: now + leaseMs,
  }
  await tx
    .insertInto('leases')
    .values(values)
    .onConflict((conflict) => conflict.column('incident_id').doUpdateSet(values))
    .execute()
  return { incident, fencing }
}

/** False when the lease is somebody else's by now. */
export async function renewLease(tx: Database, lease: Lease, now: number): Promise<boolean> {
  const result = await tx
    .updateTable('leases')
    .set({ expires_at: now + leaseMs })
    .where('incident_id', '=', lease.incident)
    .where('fencing', '=', lease.fencing)
    .executeTakeFirst()
  return Number(result.numUpdatedRows) === 1
}

/** The fence: every write of a responder checks in its own transaction that the lease is still its own. */
export async function holdsLease(tx: Database, lease: Lease): Promise<boolean> {
  const row = await tx
    .selectFrom('leases')
    .select('fencing')
    .where('incident_id', '=', lease.incident)
    .executeTakeFirst()
  return row?.fencing === lease.fencing
}

/** The row stays, so that the fencing number goes on growing. */
export async function releaseLease(tx: Database, lease: Lease): Promise<void> {
  await tx
    .updateTable('leases')
    .set({ expires_at: 0 })
    .where('incident_id', '=', lease.incident)
    .where('fencing', '=', lease.fencing)
    .execute()
}
