using System.Runtime.Loader;

namespace DbConductor;

/// <summary>
/// The adapters that are installed, found by file name and loaded on first use: <c>adapters/&lt;Type&gt;/DbConductor.Adapters.&lt;Type&gt;.dll</c>, each in
/// a load context of its own, and those beside the core, which share its context (tests, programs).
/// </summary>
public sealed class AdapterCatalog
{
    private const string Prefix = "DbConductor.Adapters.";

    private readonly SortedDictionary<string, string> _files = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _leftOut = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, IAdapterFactory> _loaded = new(StringComparer.OrdinalIgnoreCase);
    private readonly object _gate = new();

    /// <summary>Looks into a directory; nothing is loaded.</summary>
    /// <param name="directory">The directory that holds the core.</param>
    public AdapterCatalog(string directory)
    {
        string apart = Path.Combine(directory, "adapters");
        IEnumerable<string> folders = Directory.Exists(apart) ? [directory, .. Directory.EnumerateDirectories(apart)] : [directory];
        foreach (string file in folders.SelectMany(folder => Directory.EnumerateFiles(folder, Prefix + "*.dll")))
        {
            _files[Path.GetFileNameWithoutExtension(file)[Prefix.Length..]] = file;
        }

        // one line per adapter that the build left out: its type, '=', and the sentence that says why
        string leftOut = Path.Combine(apart, "left-out.txt");
        foreach (string line in File.Exists(leftOut) ? File.ReadLines(leftOut) : [])
        {
            if (line.Split('=', 2, StringSplitOptions.TrimEntries) is [{ Length: > 0 } type, { Length: > 0 } why] && !_files.ContainsKey(type))
            {
                _leftOut[type] = why;
            }
        }
    }

    /// <summary>The adapters installed with this core.</summary>
    public static AdapterCatalog Installed { get; } = new(Path.GetDirectoryName(typeof(AdapterCatalog).Assembly.Location)!);

    /// <summary>The types there are, by file name.</summary>
    public IReadOnlyCollection<string> Types => _files.Keys;

    /// <summary>The types that the build left out, each with the sentence that says why.</summary>
    public IReadOnlyDictionary<string, string> LeftOut => _leftOut;

    /// <summary>Finds the factory of a type by its name or an alias, and loads it where it is not loaded yet.</summary>
    /// <exception cref="DbConductorException">
    /// <see cref="DbErrorKind.DriverMissing"/>: left out of this build; <see cref="DbErrorKind.InvalidArgument"/>: no such type, with the list of those there are.
    /// </exception>
    public IAdapterFactory Find(string type)
    {
        ArgumentNullException.ThrowIfNull(type);
        lock (_gate)
        {
            if (_files.ContainsKey(type))
            {
                return Load(type);
            }

            if (_leftOut.TryGetValue(type, out string? why))
            {
                throw new DbConductorException(DbErrorKind.DriverMissing, why) { Target = type };
            }

            // an alias can only be known by loading; that happens for names that are no file's
            return _files.Keys.Select(Load).FirstOrDefault(f => f.Aliases.Contains(type, StringComparer.OrdinalIgnoreCase))
                ?? throw new DbConductorException(
                    DbErrorKind.InvalidArgument,
                    $"There is no adapter of type '{type}'. Use one of: {string.Join(", ", _files.Keys)}."
                    + string.Concat(_leftOut.Values.Select(sentence => $" {sentence}.")))
                { Target = type };
        }
    }

    private IAdapterFactory Load(string type)
    {
        if (_loaded.TryGetValue(type, out IAdapterFactory? known))
        {
            return known;
        }

        AssemblyLoadContext core = AssemblyLoadContext.GetLoadContext(typeof(AdapterCatalog).Assembly)!;
        string file = _files[type];
        bool besideCore = Path.GetDirectoryName(file) == Path.GetDirectoryName(typeof(AdapterCatalog).Assembly.Location);
        AssemblyLoadContext context = besideCore ? core : new AdapterLoadContext(file, core);
        Type factory = context.LoadFromAssemblyPath(file).GetExportedTypes()
            .Single(t => typeof(IAdapterFactory).IsAssignableFrom(t) && t is { IsAbstract: false, IsInterface: false });
        return _loaded[type] = (IAdapterFactory)Activator.CreateInstance(factory)!;
    }
}
