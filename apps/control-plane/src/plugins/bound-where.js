/** Users named in a refusal; more are counted. */
const NAMED = 10;
/** Instances on which something has the plugin bound. */
export async function instancesOf(manager, pluginId) {
    const rows = await manager.query(`SELECT DISTINCT g.instance_id AS id FROM plugin_bindings b LEFT JOIN apis a ON a.id = b.api_id
     JOIN groups g ON g.id = coalesce(b.group_id, a.group_id) WHERE b.plugin_id = $1`, [pluginId]);
    return rows.map(({ id }) => id);
}
/** Such as `API business1 (<id>) in RELEASE`. */
export async function usersOf(manager, pluginId) {
    const rows = await manager.query(`SELECT CASE WHEN b.api_id IS NULL THEN 'group ' ELSE 'API ' END || coalesce(a.name, g.name)
            || ' (' || coalesce(a.id, g.id) || ') in ' || b.stage AS text
     FROM plugin_bindings b LEFT JOIN apis a ON a.id = b.api_id LEFT JOIN groups g ON g.id = b.group_id
     WHERE b.plugin_id = $1 ORDER BY b.id`, [pluginId]);
    const named = rows.slice(0, NAMED).map(({ text }) => text);
    return rows.length > NAMED ? [...named, `${rows.length - NAMED} more`] : named;
}
//# sourceMappingURL=bound-where.js.map