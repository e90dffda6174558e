SELECT json_build_object('id', id, 'slug', slug, 'title', title)::text FROM show WHERE slug = $1
