-- What a small shop sold; `python programs/tools/sales.py` makes `sales.db` of it.
CREATE TABLE sales (day TEXT NOT NULL, item TEXT NOT NULL, cups INTEGER NOT NULL, price REAL NOT NULL);
INSERT INTO sales VALUES
  ('2026-04-03', 'green tea', 14, 2.5),
  ('2026-04-11', 'black tea', 31, 2.0),
  ('2026-04-19', 'coffee', 40, 3.0),
  ('2026-04-27', 'cocoa', 9, 3.5),
  ('2026-05-02', 'green tea', 22, 2.5),
  ('2026-05-09', 'black tea', 27, 2.0),
  ('2026-05-16', 'coffee', 52, 3.0),
  ('2026-05-23', 'green tea', 18, 2.75),
  ('2026-05-30', 'cocoa', 4, 3.5),
  ('2026-06-06', 'green tea', 25, 2.75),
  ('2026-06-13', 'black tea', 20, 2.25),
  ('2026-06-20', 'coffee', 61, 3.25);
