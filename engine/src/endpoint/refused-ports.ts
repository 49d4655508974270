/**
 * Ports on which something other than a web app listens, and would take our POST for commands or simply be harmed by
 * it: the fetch standard's bad ports, and the databases, brokers and control planes of a server network.
 */
export const REFUSED_PORTS: ReadonlySet<number> = new Set([
  // remote shells, mail, DNS, file shares and the other small services
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104,
  109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 138, 139, 143, 161, 179, 389, 427, 445, 465, 512, 513,
  514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 873, 989, 990, 993, 995, 1719, 1720,
  1723, 2049, 3389, 3659, 4045, 4190, 5060, 5061, 5900, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697,
  10080,
  // databases, caches, queues, search
  1433, 1434, 1521, 3306, 5432, 5433, 5672, 5984, 6379, 6380, 6432, 9042, 9092, 9200, 9300, 11211, 15672,
  26379, 27017, 27018, 27019, 28015,
  // container and cluster control
  2375, 2376, 2379, 2380, 6443, 10250, 10255,
]);
