SELECT coalesce(json_agg(json_build_object('number', s.number, 'cast', s.actors) ORDER BY s.number), '[]')::text
FROM show AS w, LATERAL (
    SELECT n.number, (
        SELECT coalesce(json_agg(json_build_object('person', a.person, 'character', a.character) ORDER BY a.rank, a.id), '[]')
        FROM (
            SELECT p.name AS person, h.name AS character, c.rank, c.id
            FROM credit AS c JOIN person AS p ON p.id = c.person_id JOIN character AS h ON h.id = c.character_id
            WHERE c.season_id = n.id AND c.rank < 1000000
            ORDER BY c.rank, c.id LIMIT 100
        ) AS a
    ) AS actors
    FROM season AS n WHERE n.show_id = w.id ORDER BY n.number LIMIT 30
) AS s
WHERE w.slug = $1
