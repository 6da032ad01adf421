namespace DbConductor.Building;

/// <summary>What the command line asks for.</summary>
internal sealed record Options
{
    public const string Help = """
        usage: build.sh|build.ps1 [TARGET] [OPTION]...

        targets
          build    build everything and lay the module out in out/DbConductor (default)
          demo     build, then run the examples on real data: with SQLite, and on PostgreSQL, MongoDB and MySQL where they are at hand
          test     build, then run every test that this machine can serve; results go to out/test-results
          bench    build, then measure against the raw drivers; results go to benchmarks/results
          faults   build, then run the fault tests at full length: killed servers, full disks, broken connections
          tpch     build, then join TPC-H's tables at the scales 0.1 and 1, and compare row for row with PostgreSQL
          pack     build, then make out/DbConductor.VERSION.zip and .nupkg, and import what was packed from a clean folder

        options
          --configuration NAME   Release (default) or Debug
          --filter EXPRESSION    test, faults: only these tests (dotnet test's filter; Pester is left out)
                                 bench: only these operations, such as copy,get
          --probe                ask the NuGet sources anew which optional packages restore
          -h, --help             this text

        environment
          DBCONDUCTOR_TEST_POSTGRESQL       connection string of a PostgreSQL server to test on; without it a throwaway
                                            cluster is started where the server's binaries are installed
          DBCONDUCTOR_TEST_POSTGRESQL_BIN   folder of those binaries, where it is none of the usual ones
          DBCONDUCTOR_TEST_MARIADB, ..._BIN the same for MariaDB
          DBCONDUCTOR_TEST_MYSQL, ..._BIN   the same for MySQL
          DBCONDUCTOR_TEST_MONGODB          connection string (mongodb://) of a replica set whose user may create databases, and
          DBCONDUCTOR_TEST_MONGODB_STANDALONE   of a standalone server; without them those of a testbed beside the repository
          CI=true                           what the tests need is installed; a missing server is a failure, not a skip
        """;

    public string Target { get; private init; } = "build";

    public string Configuration { get; private init; } = "Release";

    public string? Filter { get; private init; }

    public bool Probe { get; private init; }

    public static bool OnCi => string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase);

    public static Options Parse(string[] arguments)
    {
        var options = new Options();
        var rest = new Queue<string>(arguments);
        if (rest.TryPeek(out var first) && !first.StartsWith('-'))
            options = options with { Target = rest.Dequeue() };
        while (rest.TryDequeue(out var argument))
        {
            options = argument switch
            {
                "-h" or "--help" => options with { Target = "help" },
                "--probe" => options with { Probe = true },
                "--filter" => options with { Filter = Value(argument) },
                "--configuration" or "-c" => options with { Configuration = Value(argument) },
                _ => throw new BuildException($"{argument} is no option; --help lists them"),
            };
        }

        return options.Configuration is "Release" or "Debug" ? options : throw new BuildException("--configuration takes Release or Debug");

        string Value(string option) => rest.TryDequeue(out var value) ? value : throw new BuildException($"{option} needs a value");
    }
}
