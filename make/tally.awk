# Adds up the JUnit reports of all test runners and closes with one line.
/<testsuite / {
  tests += attribute("tests")
  failed += attribute("failures") + attribute("errors")
  skipped += attribute("skipped")
}

END {
  printf "%d passed, %d failed, %d skipped\n", tests - failed - skipped, failed, skipped
  exit (tests == 0 || failed > 0)
}

function attribute(name) {
  if (match($0, " " name "=\"[0-9]+\"")) {
    return substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) + 0
  }
  return 0
}
