SELECT coalesce(json_agg(
    CASE WHEN h.id IS NOT NULL THEN json_build_object('character', h.name, 'credits', (
        SELECT coalesce(json_agg(
            json_build_object('person', o.person, 'season', o.number, 'show', o.title)
            ORDER BY o.first_on, o.rank, o.id
        ), '[]')
        FROM (
            SELECT p.name AS person, s.number, w.title, c.rank, c.id, coalesce(s.premiered_on, w.premiered_on) AS first_on
            FROM credit AS c
            JOIN person AS p ON p.id = c.person_id
            JOIN show AS w ON w.id = c.show_id
            LEFT JOIN season AS s ON s.id = c.season_id
            WHERE c.character_id = h.id
            ORDER BY first_on, c.rank, c.id LIMIT 5
        ) AS o
    )) END
    ORDER BY m.first_on, m.rank, m.id
), '[]')::text
FROM (
    SELECT c.character_id, c.rank, c.id, coalesce(s.premiered_on, w.premiered_on) AS first_on
    FROM person AS p
    JOIN credit AS c ON c.person_id = p.id
    JOIN show AS w ON w.id = c.show_id
    LEFT JOIN season AS s ON s.id = c.season_id
    WHERE p.slug = $1
    ORDER BY first_on, c.rank, c.id LIMIT 10
) AS m
LEFT JOIN character AS h ON h.id = m.character_id
