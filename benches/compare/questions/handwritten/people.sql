SELECT coalesce(json_agg(json_build_object('name', p.name, 'credits', (
    SELECT count(*) FROM credit AS c WHERE c.person_id = p.id
)) ORDER BY p.name_key, p.id), '[]')::text
FROM (
    SELECT id, name, name_key FROM person
    WHERE name_key >= $1 AND name_key < $1 || U&'\+10FFFF'
    ORDER BY name_key, id LIMIT 20
) AS p
