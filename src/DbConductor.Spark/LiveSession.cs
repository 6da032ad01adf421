using System.Collections.Concurrent;
using Microsoft.Spark.Interop.Ipc;
using Microsoft.Spark.Sql;

namespace DbConductor.Spark;

/// <summary>A driver that runs, and the calls on it.</summary>
internal sealed class LiveSession : ISparkSession
{
    /// <summary>How many rows tell a plan what columns they have.</summary>
    private const long RowsOfPlan = 1000;

    private readonly BackendProcess _backend;
    private readonly IJvmBridge _bridge;
    private readonly WorkFolder _folder;
    private readonly SparkJobs _jobs;
    private readonly ConcurrentDictionary<Holds, bool> _held = new();
    private readonly ConcurrentDictionary<string, LiveFrame> _views = new(StringComparer.OrdinalIgnoreCase);

    private LiveSession(BackendProcess backend, IJvmBridge bridge, SparkSession spark, WorkFolder folder, SparkSettings settings, SparkInfo info)
    {
        (_backend, _bridge, _folder, Settings, Info) = (backend, bridge, folder, settings, info);
        _jobs = new SparkJobs(backend, bridge, spark);
    }

    /// <inheritdoc/>
    public SparkSettings Settings { get; }

    /// <inheritdoc/>
    public SparkInfo Info { get; }

    /// <inheritdoc/>
    public bool IsAlive => _backend.IsAlive;

    /// <summary>Spark's own session.</summary>
    internal SparkSession Spark => _jobs.Spark;

    /// <summary>Makes the session in a driver that takes calls.</summary>
    internal static async Task<LiveSession> OpenAsync(
        BackendProcess backend, SparkInstallation installation, JavaInstallation java, SparkSettings settings, Action<string> onStatus, CancellationToken cancel)
    {
        IJvmBridge bridge = Bridge.Connect(backend.Port);
        WorkFolder? folder = null;
        try
        {
            onStatus("the driver is up; opening the session");
            SparkSession spark = await Task.Run(() => Create(settings), cancel).WaitAsync(cancel).ConfigureAwait(false);
            string application = (string)spark.SparkContext.Reference.Invoke("applicationId");
            if ((bool)spark.SparkContext.Reference.Invoke("isStopped") || application.StartsWith("spark-application-", StringComparison.Ordinal))
            {
                // Spark gives a session although no master answered, with an id that is no master's, and stops it a little later
                throw new DbConductorException(
                    DbErrorKind.Connection, $"Spark found no master at {settings.Master}. Check -Master, and that it runs Spark {installation.Version}. The driver's log is {backend.Log.Path}; it ends:{backend.Log.Tail}")
                { Target = settings.Master };
            }

            folder = WorkFolder.Create(settings.WorkPath, bridge, spark);
            WorkFolder.RemoveAtEnd(backend.TemporaryFolder, bridge, spark);
            SparkInfo info = new()
            {
                Master = settings.Master!,
                SparkVersion = installation.Version.ToString(),
                JavaVersion = java.Version,
                SparkHome = installation.Home,
                WebUrl = (string?)Bridge.Value(spark.SparkContext.Reference.Invoke("uiWebUrl")),
                ApplicationId = application,
                ProcessId = backend.Id,
                Port = backend.Port,
                LogPath = backend.Log.Path,
                WorkPath = folder.Place,
                Warnings = installation.Warnings,
                Started = DateTimeOffset.Now,
            };
            LiveSession session = new(backend, bridge, spark, folder, settings, info);
            if (!settings.IsLocal)
            {
                onStatus("asking executors for the work folder");
                await WorkFolderProbe.RunAsync(folder, session._jobs, settings.Master!, cancel).ConfigureAwait(false);
            }

            return session;
        }
        catch (Exception error)
        {
            folder?.Dispose();
            Bridge.Disconnect(bridge);
            Exception told = JvmErrors.From(error, backend);
            throw settings.WorkPath is { } place && SparkSettings.IsAddress(place) && told is DbConductorException { Kind: DbErrorKind.DriverMissing } missing
                ? missing.With($"{missing.Message} {SparkFiles.Remedy(place)}", missing) : told;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<int> ActiveJobs() => IsAlive ? _jobs.Active() : [];

    /// <inheritdoc/>
    public IReadOnlyList<SparkJob> Jobs(int most) => IsAlive ? _jobs.List(most) : [];

    /// <inheritdoc/>
    public Task<SparkResult> RunAsync(SparkWork work, SparkCall call, CancellationToken cancel) => ResultAsync(Of(work), call, cancel);

    /// <summary>Takes the name of a view away from a frame.</summary>
    internal void Forget(LiveFrame frame) => _views.TryRemove(KeyValuePair.Create(frame.View!, frame));

    /// <inheritdoc/>
    public async Task<ISparkFrame> FrameAsync(JoinInput input, SparkCall call, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(call);

        // partitions that see one state keep a transaction open for as long as the frame is there: that must be asked for
        input = input with { Partitioning = input.Partitioning ?? new() { Partitions = 1 } };
        string folder = _folder.NewCall();
        Holds holds = new();
        _held[holds] = true;
        try
        {
            Side side = (await SidesAsync([input], folder, decimalsAsText: false, isPlan: false, holds, call, cancel).ConfigureAwait(false))[0];
            TypedFrame frame = await _jobs.RunAsync(call, () => LiveFrame.ByName(new(side.Open(Spark), side.Columns)), cancel).ConfigureAwait(false);
            if (_folder.IsEmpty(folder))
            {
                _folder.Remove(folder);
            }

            return new LiveFrame(this, frame, input.Description, side.How, new FrameSource(this, folder, holds)) { Warnings = side.Warnings };
        }
        catch
        {
            await ReleaseAsync(folder, holds).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Lets go what was there for a frame.</summary>
    internal async Task ReleaseAsync(string folder, Holds holds)
    {
        if (_held.TryRemove(holds, out _))
        {
            await holds.DisposeAsync().ConfigureAwait(false);
        }

        _folder.Remove(folder);
    }

    /// <summary>Makes the rows of a frame.</summary>
    internal Task<SparkResult> ReadAsync(TypedFrame frame, SparkCall call, CancellationToken cancel) => ResultAsync(new("frame", [], DecimalsAsText: false, _ => frame), call, cancel);

    /// <summary>Runs a call on the driver.</summary>
    internal Task<T> RunAsync<T>(SparkCall call, Func<T> work, CancellationToken cancel) => _jobs.RunAsync(call, work, cancel);

    /// <summary>Lets go what Spark keeps of a frame; the driver may have ended.</summary>
    internal void LetGo(DataFrame frame)
    {
        try
        {
            _ = _jobs.RunAsync(new SparkCall("let go"), () => frame.Unpersist(), CancellationToken.None).GetAwaiter().GetResult();
        }
        catch (DbConductorException)
        {
            // with the driver goes all that it kept
        }
    }

    /// <summary>Spark's plan of a frame, on the thread of a call.</summary>
    internal string Explain(DataFrame frame)
    {
        object mode = _bridge.CallStaticJavaMethod("org.apache.spark.sql.execution.ExplainMode", "fromString", "formatted");
        return (string)((JvmObjectReference)frame.Reference.Invoke("queryExecution")).Invoke("explainString", mode);
    }

    /// <summary>Gives the rows of a piece of work, once they all lie in files.</summary>
    private async Task<SparkResult> ResultAsync(Work work, SparkCall call, CancellationToken cancel)
    {
        (string folder, Side[] sides, (IReadOnlyList<Column> columns, string files, long rows)) = await CallAsync<(IReadOnlyList<Column>, string, long)>(work, (frame, _, files) =>
        {
            long written = ResultFiles.Write(_folder, frame.ToResult(), "json", files);
            _folder.Fetch(files);
            return ([.. frame.Columns.Select(c => c.Column)], files, written);
        }, call, cancel).ConfigureAwait(false);
        string path = $"Spark {work.What} on {Info.Master}{(sides.Length == 0 ? "" : $" ({string.Join("; ", sides.Select(s => s.How))})")}";
        return new(new ResultRows(folder, files, columns, rows), path, [.. sides.SelectMany(s => s.Warnings)]);
    }

    /// <inheritdoc/>
    public async Task<ISparkFrame> KeepAsync(string view, SparkWork work, SparkCall call, CancellationToken cancel)
    {
        // it outlives what its sides were handed over as
        string kept = _folder.NewCall();
        try
        {
            (string folder, Side[] sides, (TypedFrame stored, long rows)) = await CallAsync(
                Of(work) with { DecimalsAsText = false }, (frame, _, _) => ViewFiles.Write(_folder, frame, Path.Combine(kept, "view")), call, cancel).ConfigureAwait(false);
            _folder.Remove(folder);
            string how = $"view '{view}'{(sides.Length == 0 ? "" : $" ({string.Join("; ", sides.Select(s => s.How))})")}";
            LiveFrame frame = new(this, stored, $"view '{view}'", how, new FrameSource(this, kept, new()))
            {
                View = view,
                RowCount = rows,
                Warnings = [.. sides.SelectMany(s => s.Warnings)],
            };
            _views[view] = frame;
            return frame;
        }
        catch
        {
            _folder.Remove(kept);
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<SparkPlan> PlanAsync(SparkWork work, SparkCall call, CancellationToken cancel)
    {
        (string folder, _, SparkPlan plan) = await CallAsync<SparkPlan>(
            Of(work),
            (frame, sides, _) => new(
                [.. frame.Columns.Select(c => c.Column)], Explain(frame.Frame), [.. sides.Select(s => new SparkPlanSide(s.How, s.Query))], [.. sides.SelectMany(s => s.Warnings)]),
            call, cancel, isPlan: true).ConfigureAwait(false);
        _folder.Remove(folder);
        return plan;
    }

    private Work Of(SparkWork work) => work switch
    {
        SparkJoin join => new("join", join.Sides, DecimalsAsText: true, sides => JoinPlan.Make(Spark, sides[0], sides[1], join.Spec)),
        SparkQuery query => Of(query),
        _ => throw new ArgumentException("It is neither a join nor a query.", nameof(work)),
    };

    /// <summary>A query, which reads the views that it is given, and those of the session that it can mean.</summary>
    private Work Of(SparkQuery query)
    {
        IEnumerable<KeyValuePair<string, JoinInput>> kept = _views
            .Where(v => v.Value.IsAlive && query.Text.Contains(v.Key, StringComparison.OrdinalIgnoreCase) && !query.Views.Keys.Contains(v.Key, StringComparer.OrdinalIgnoreCase))
            .Select(v => KeyValuePair.Create(v.Key, JoinInput.OfFrame(v.Value)));
        KeyValuePair<string, JoinInput>[] all = [.. query.Views, .. kept];
        return new("SQL", [.. all.Select(v => v.Value)], DecimalsAsText: false, sides => QueryPlan.Make(Spark, all.Select(v => v.Key).Zip(sides), query.Text));
    }

    /// <summary>Brings the sides of a piece of work to Spark, and does something with the frame that is made of them.</summary>
    /// <param name="work">The work.</param>
    /// <param name="use">Uses the frame, on the thread of the call; it is given the sides too, and a folder that is not there yet.</param>
    /// <param name="call">What the call is named.</param>
    /// <param name="cancel">Cancels; nothing is left behind.</param>
    /// <param name="isPlan">Whether nothing is to be read in bulk.</param>
    /// <returns>The folder of the call, which stays; the sides; and what the use gave.</returns>
    private async Task<(string Folder, Side[] Sides, T Made)> CallAsync<T>(Work work, Func<TypedFrame, Side[], string, T> use, SparkCall call, CancellationToken cancel, bool isPlan = false)
    {
        ArgumentNullException.ThrowIfNull(call);
        string folder = _folder.NewCall();
        await using Holds holds = new();
        try
        {
            Side[] sides = await SidesAsync(work.Inputs, folder, work.DecimalsAsText, isPlan, holds, call, cancel).ConfigureAwait(false);
            return (folder, sides, await _jobs.RunAsync(call, () => use(work.Make(sides), sides, Path.Combine(folder, "result")), cancel).ConfigureAwait(false));
        }
        catch
        {
            _folder.Remove(folder);
            throw;
        }
    }

    /// <summary>What a call reads, each as Spark reads it itself, else handed over. What is missing is told before anything is read.</summary>
    private async Task<Side[]> SidesAsync(IEnumerable<JoinInput> inputs, string folder, bool decimalsAsText, bool isPlan, Holds holds, SparkCall call, CancellationToken cancel)
    {
        List<SourceSide> sources = [];
        foreach (JoinInput input in inputs)
        {
            sources.Add(await SourceSide.DescribeAsync(input, _jobs, decimalsAsText, cancel).ConfigureAwait(false));
        }

        // what is handed over first, so that databases hold a state for no longer than Spark reads it
        Side[] sides = new Side[sources.Count];
        foreach (int i in Enumerable.Range(0, sides.Length).OrderBy(i => sources[i].IsRead))
        {
            string place = Path.Combine(folder, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"side{i}"));
            (Side? own, string? refusal, JoinInput rows) = sources[i].Input.Files is { } files && sources[i].Refusal is null && !(isPlan && files is { IsSparkFormat: false, IsRemote: false })
                ? await new FileSide(files, _jobs, call, _folder, place).OpenAsync(Settings.IsLocal ? null : Settings.WorkPath, cancel).ConfigureAwait(false)
                : (sources[i].IsRead ? await sources[i].OpenAsync(_jobs, _backend.Log, cancel).ConfigureAwait(false) : null, sources[i].Refusal, sources[i].Input);
            sides[i] = own ?? await HandOverAsync(rows, $"{place}.json", refusal).ConfigureAwait(false);
            holds.Add(sides[i].Hold);
        }

        return sides;

        async Task<Side> HandOverAsync(JoinInput rows, string file, string? refusal)
        {
            Side side = await HandOver.WriteAsync(rows, _folder, file, decimalsAsText, call.OnStatus, cancel, isPlan ? RowsOfPlan : long.MaxValue).ConfigureAwait(false);
            if (isPlan && rows.Files is not null && refusal is null)
            {
                return side with { How = $"{rows.Description} read by Spark itself or handed over as a file, as its lines allow" };
            }

            string since = refusal is null ? "" : $", since {refusal}";
            return side with
            {
                How = side.How + since,
                Warnings = rows.Partitioning is { IsAsked: true }
                    ? [.. side.Warnings, $"{rows.Description} was not read in partitions: it was handed over as a file{since}."]
                    : side.Warnings,
            };
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Bridge.Disconnect(_bridge);
        await _backend.DisposeAsync().ConfigureAwait(false);
        foreach (Holds holds in _held.Keys)
        {
            await ReleaseAsync(_folder.Path, holds).ConfigureAwait(false);
        }

        _folder.Dispose();
    }

    private static SparkSession Create(SparkSettings settings)
    {
        Builder builder = SparkSession.Builder();
        foreach ((string key, string value) in SparkDefaults.For(settings))
        {
            builder.Config(key, value);
        }

        return builder.GetOrCreate();
    }

    /// <summary>What is made of sides.</summary>
    /// <param name="What">What it is, for people.</param>
    /// <param name="Inputs">The sides.</param>
    /// <param name="DecimalsAsText">Whether decimals stay texts; else they are numbers, to calculate with.</param>
    /// <param name="Make">Makes the frame, on the thread of a call.</param>
    private readonly record struct Work(string What, IReadOnlyList<JoinInput> Inputs, bool DecimalsAsText, Func<IReadOnlyList<Side>, TypedFrame> Make);
}
