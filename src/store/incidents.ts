import type { Database, IncidentRow, ObligationRow } from './schema.ts'

/** Fails on the unique index when the fingerprint has an open incident already. */
export async function insertIncident(tx: Database, row: IncidentRow): Promise<void> {
  await tx.insertInto('incidents').values(row).execute()
}

export async function updateIncident(
  tx: Database,
  id: string,
  change: Partial<
    Pick<IncidentRow, 'status' | 'ended' | 'exposure' | 'updated_at' | 'closed_at' | 'deadline'>
  >,
): Promise<void> {
  await tx.updateTable('incidents').set(change).where('id', '=', id).execute()
}

export async function openIncidentOf(db: Database, fingerprint: string): Promise<IncidentRow | undefined> {
  return await db
    .selectFrom('incidents')
    .selectAll()
    .where('fingerprint', '=', fingerprint)
    .where('ended', '=', 0)
    .executeTakeFirst()
}

export async function incidentById(db: Database, id: string): Promise<IncidentRow | undefined> {
  return await db.selectFrom('incidents').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Newest first; `where` narrows by name, fingerprint prefix (`sha256:…`) or open ones only. */
export async function listIncidents(
  db: Database,
  where: { name?: string; fingerprintPrefix?: string; open?: boolean } = {},
): Promise<IncidentRow[]> {
  let query = db.selectFrom('incidents').selectAll()
  if (where.name !== undefined) query = query.where('key_name', '=', where.name)
  if (where.fingerprintPrefix !== undefined)
    query = query.where('fingerprint', 'like', `${where.fingerprintPrefix}%`)
  if (where.open === true) query = query.where('ended', '=', 0)
  return await query.orderBy('opened_at', 'desc').orderBy('id', 'desc').execute()
}

/** A row of its own, so that the duty outlives a failed run; opening it again changes the words only. */
export async function openObligation(
  tx: Database,
  row: Pick<ObligationRow, 'incident_id' | 'kind' | 'subject' | 'detail' | 'opened_at'>,
): Promise<void> {
  const id = obligationId(row)
  await tx
    .insertInto('obligations')
    .values({ ...row, id, closed_at: null, closed_by: null })
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet({ detail: row.detail, closed_at: null, closed_by: null }),
    )
    .execute()
}

export async function closeObligation(
  tx: Database,
  row: Pick<ObligationRow, 'incident_id' | 'kind' | 'subject'>,
  closed: { at: string; by: string },
): Promise<void> {
  await tx
    .updateTable('obligations')
    .set({ closed_at: closed.at, closed_by: closed.by })
    .where('id', '=', obligationId(row))
    .execute()
}

function obligationId(row: Pick<ObligationRow, 'incident_id' | 'kind' | 'subject'>): string {
  return `${row.incident_id}/${row.kind}/${row.subject}`
}
