"""`python -m bench [NAME …]`: lists the benchmarks, and runs those that are named, or all."""

import sys

from bench import burst, delivery, roundtrip

BENCHMARKS = {"roundtrip": roundtrip, "burst": burst, "delivery": delivery}


def main(names: list[str]) -> int:
    """Run benchmarks; 2 when there is none of a name."""
    for name, module in BENCHMARKS.items():
        print(f"{name:12}{(module.__doc__ or '').strip()}")
    unknown = sorted(set(names) - BENCHMARKS.keys())
    if unknown:
        print(f"There is no benchmark {', '.join(unknown)}.", file=sys.stderr)
        return 2
    for name in names or BENCHMARKS:
        print(f"\n{name} …", flush=True)
        BENCHMARKS[name].main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
