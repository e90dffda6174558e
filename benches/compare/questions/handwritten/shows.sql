SELECT json_agg(json_build_object('title', w.title, 'seasons', (
    SELECT coalesce(json_agg(json_build_object('number', s.number, 'cast', s.actors) ORDER BY s.number), '[]')
    FROM (
        SELECT n.number, (
            SELECT coalesce(json_agg(json_build_object('person', a.person, 'character', a.character) ORDER BY a.rank, a.id), '[]')
            FROM (
                SELECT p.name AS person, h.name AS character, c.rank, c.id
                FROM credit AS c JOIN person AS p ON p.id = c.person_id JOIN character AS h ON h.id = c.character_id
                WHERE c.season_id = n.id AND c.rank < 1000000
                ORDER BY c.rank, c.id LIMIT 10
            ) AS a
        ) AS actors
        FROM season AS n WHERE n.show_id = w.id ORDER BY n.number LIMIT 3
    ) AS s
)) ORDER BY w.title_key, w.id)::text
FROM (
    SELECT id, title, title_key FROM show
    WHERE (title_key, id) > ((SELECT title_key FROM show WHERE id = $1::integer), $1::integer)
    ORDER BY title_key, id LIMIT 50
) AS w
