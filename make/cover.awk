# Adds up a coverage profile and prints one line per package. A block that several test programs
# saw is in the profile once for each of them; it is covered when one of them ran it.
# A line is: file:begin,end statements count
NR > 1 {
  statements[$1] = $2
  if ($3 > 0) ran[$1] = 1
}

END {
  for (block in statements) {
    name = block
    sub(/\/[^\/]*$/, "", name)
    all[name] += statements[block]
    if (block in ran) covered[name] += statements[block]
  }
  for (name in all) printf "%-40s %5.1f %% of %d statements\n", name, 100 * covered[name] / all[name], all[name] | "sort"
  close("sort")
  exit (NR < 2)
}
