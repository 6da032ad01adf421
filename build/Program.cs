using DbConductor.Building;

try
{
    var options = Options.Parse(args);
    Func<Build, int> target = options.Target switch
    {
        "build" => _ => 0,
        "demo" => Demo.Run,
        "test" => TestRun.Run,
        "bench" => Bench.Run,
        "faults" => TestRun.RunFaults,
        "tpch" => TestRun.RunTpch,
        "pack" => Pack.Run,
        "help" => _ => 0,
        _ => throw new BuildException($"there is no target {options.Target}; --help lists them"),
    };
    if (options.Target == "help")
    {
        Console.WriteLine(Options.Help);
        return 0;
    }

    if (options.Target == "pack")
        Pack.Clean();
    return target(Build.Run(options));
}
catch (BuildException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
