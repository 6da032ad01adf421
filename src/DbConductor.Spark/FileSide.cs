using System.Globalization;
using DbConductor.Files;
using Microsoft.Spark.Sql;

namespace DbConductor.Spark;

/// <summary>A side that is files, as Spark reads it itself: Parquet and ORC by the types in them, CSV where that gives the very values that our own reader gives.</summary>
internal sealed class FileSide
{
    /// <summary>Why Spark does not read files whose rows are filtered, so that each engine finds the same ones.</summary>
    internal const string Filtered = "its Where is answered here";

    private readonly FileSet _files;
    private readonly SparkJobs _jobs;
    private readonly SparkCall _call;
    private readonly WorkFolder _work;
    private readonly string _folder;

    /// <param name="files">The files.</param>
    /// <param name="jobs">The driver.</param>
    /// <param name="call">The call.</param>
    /// <param name="work">Where rows lie meanwhile.</param>
    /// <param name="folder">A folder in it that is new, for what must be copied.</param>
    internal FileSide(FileSet files, SparkJobs jobs, SparkCall call, WorkFolder work, string folder) => (_files, _jobs, _call, _work, _folder) = (files, jobs, call, work, folder);

    /// <summary>The side; null where Spark does not read it, with the reason, and with our own reader's side.</summary>
    /// <param name="workPath">Where every executor sees files; null where all files are seen.</param>
    /// <param name="cancel">Cancels.</param>
    /// <exception cref="DbConductorException">
    /// <see cref="DbErrorKind.NotFound"/>: nothing is there; <see cref="DbErrorKind.DriverMissing"/>: the session cannot reach the address; and what Spark says of the files.
    /// </exception>
    internal async Task<(Side? Side, string? Refusal, JoinInput Input)> OpenAsync(string? workPath, CancellationToken cancel)
    {
        try
        {
            bool isSeen = _files.IsRemote || workPath is null || _files.Paths.All(path => IsUnder(path, workPath));
            if (_files.IsSparkFormat)
            {
                string[] paths = isSeen ? Addresses(_files.Paths) : await CopyAsync(cancel).ConfigureAwait(false);
                Side side = await _jobs.RunAsync(_call, () => OfTypedFiles(paths), cancel).ConfigureAwait(false);
                return (isSeen ? side : side with { How = $"{side.How}, copied to where executors see it" }, null, _files.ToInput());
            }

            (Side? read, string? refusal) = _files.Where is not null ? (null, Filtered)
                : !isSeen ? (null, "it lies outside -WorkPath, where executors may not see it")
                : _files.Format == FileSetFormat.JsonLines ? (null, "what its columns are is only known when all of its lines have been read")
                : await CsvSide.TryAsync(_files, Lines, _jobs, _call, _folder, cancel).ConfigureAwait(false);
            return read is not null ? (read, null, _files.ToInput())
                : (null, refusal, _files.IsRemote ? await FetchAsync(cancel).ConfigureAwait(false) : _files.ToInput());

            DataFrame Lines(SparkSession spark) => CsvSide.Lines(spark.Read(), Addresses(_files.Paths));
        }
        catch (DbConductorException error) when (_files.IsRemote && error.Kind == DbErrorKind.DriverMissing)
        {
            throw error.With($"{error.Message} {SparkFiles.Remedy(_files.Paths[0])}", error);
        }
    }

    private static bool IsUnder(string path, string folder) => Path.GetFullPath(path).StartsWith(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private string[] Addresses(IEnumerable<string> paths) => _files.IsRemote ? [.. paths] : [.. paths.Select(SparkFiles.ToRead)];

    private Side OfTypedFiles(string[] paths)
    {
        IReadOnlyList<SideColumn> all = TypedFrame.Of(Load(_jobs.Spark)).Columns;
        Column[] columns = [.. all.Select(c => c.Column)];
        (SideColumn Column, string Name)[] picks = _files.Picks.Count == 0 ? [.. all.Select(c => (c, c.Column.Name))]
            : [.. _files.Picks.Select(p => (all[ColumnNames.Require(columns, p.Source, $"The {_files.Name}")], p.Name))];
        string[] made = [.. picks.Select((p, i) => $"{Own(p.Column)} AS {Side.Name(i)}")];
        SideColumn[] named = [.. picks.Select(p => p.Column with { Column = p.Column.Column with { Name = p.Name } })];
        return new(named, spark => Load(spark).SelectExpr(made), $"{_files.Name} read by Spark");

        static string Own(SideColumn column)
        {
            string name = SideColumn.Quote(column.Column.Name);
            return column.Spark is SideColumn.Nested or SideColumn.Other ? name : $"CAST({name} AS {column.Spark})";
        }

        // what one file has and another lacks is null there, instead of being left out
        DataFrame Load(SparkSession spark) => spark.Read().Format(_files.Format == FileSetFormat.Orc ? "orc" : "parquet").Option("mergeSchema", true).Load(paths);
    }

    private async Task<string[]> CopyAsync(CancellationToken cancel)
    {
        List<string> copies = [];
        try
        {
            foreach (string path in _files.Paths)
            {
                string copy = Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{copies.Count}"), Path.GetFileName(Path.TrimEndingDirectorySeparator(path)));
                foreach (string file in Directory.Exists(path) ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories) : [path])
                {
                    cancel.ThrowIfCancellationRequested();
                    string to = file == path ? copy : Path.Combine(copy, Path.GetRelativePath(path, file));
                    Directory.CreateDirectory(Path.GetDirectoryName(to)!);
                    await Task.Run(() => File.Copy(file, to), cancel).ConfigureAwait(false);
                }

                copies.Add(copy);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.From(error, _files.Name, "copied to -WorkPath");
        }

        await Task.Run(() => _work.Send(_folder), cancel).ConfigureAwait(false);
        return [.. copies.Select(_work.ToRead)];
    }

    /// <summary>Files that Spark alone reaches, brought here, where our own reader reads them.</summary>
    private async Task<JoinInput> FetchAsync(CancellationToken cancel)
    {
        string[] found = await _jobs.RunAsync(_call, () =>
        {
            string[] addresses = (string[])_jobs.Spark.Read().Text(Addresses(_files.Paths)).Reference.Invoke("inputFiles");
            return addresses.Order(StringComparer.Ordinal).Select((address, i) =>
            {
                address = Uri.UnescapeDataString(address);
                string folder = Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{i}"));
                Directory.CreateDirectory(folder);
                string file = Path.Combine(folder, address[(address.LastIndexOf('/') + 1)..]);
                _work.CopyHere(address, file);
                return file;
            }).ToArray();
        }, cancel).ConfigureAwait(false);
        return (FileSet.Local(_files.Name, found, _files.Format) with { Name = _files.Name, Types = _files.Types, NullTexts = _files.NullTexts, Where = _files.Where, Picks = _files.Picks }).ToInput();
    }
}
