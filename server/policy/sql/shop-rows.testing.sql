truncate customers, orders, docs, "Mixed Case", secret.passwords, secret.customers, log;
alter sequence numbers restart;
insert into customers values (1, 'Ann', 'ann@example.com', '123-45-6789'), (2, 'Bob', 'bob@example.com', '987-65-4321');
insert into orders values (1, 1, 20), (2, 2, 70);
insert into docs values (1, '{"a": [1, 2], "b": {"c": "x"}}', to_tsvector('simple', 'a fat cat'));
insert into secret.passwords values (1, 'hunter2');
