"""`python -m bench [NAME …] [--customers N]`: lists the benchmarks, and runs those that are named, or all."""

import argparse
import sys

from bench import answers, burst, calling, delivery, reports, roundtrip, scaling, size, watch, years

BENCHMARKS = {
    "roundtrip": roundtrip,
    "burst": burst,
    "delivery": delivery,
    "answers": answers,
    "calling": calling,
    "watch": watch,
    "years": years,
    "scaling": scaling,
    "size": size,
    "reports": reports,
}


def main(arguments: list[str]) -> int:
    """Run benchmarks; 2 when there is none of a name."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument(
        "--customers", type=int, default=answers.CUSTOMERS, help="of the partner of `answers`, `calling`, `years`"
    )
    given = parser.parse_args(arguments)
    for name, module in BENCHMARKS.items():
        print(f"{name:12}{(module.__doc__ or '').strip()}")
    unknown = sorted(set(given.names) - BENCHMARKS.keys())
    if unknown:
        print(f"There is no benchmark {', '.join(unknown)}.", file=sys.stderr)
        return 2
    for name in given.names or BENCHMARKS:
        print(f"\n{name} …", flush=True)
        if name in ("answers", "calling", "years"):
            BENCHMARKS[name].main(given.customers)
        else:
            BENCHMARKS[name].main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
