-- flights that arrived or should have, with their destination; four airports are not in the list, and their flights drop out
select f.time_hour, f.carrier, f.flight, f.origin, f.dest, a.name as airport, f.dep_delay, f.arr_delay, f.distance
from flights f join airports a on a.faa = f.dest
