using System.Runtime.CompilerServices;

namespace DbConductor.Adapters.MongoDb;

/// <summary>
/// The rows of one commit, put aside so that they can be sent again after a conflict, or without those that the server refuses. Each keeps the number that it has in the
/// input.
/// </summary>
internal sealed class RowsAside : IAsyncDisposable
{
    private readonly KeptRows _rows;
    private readonly long _before;
    private readonly HashSet<long> _unfit;
    private readonly HashSet<long> _left = [];

    private RowsAside(KeptRows rows, long before, HashSet<long> unfit)
    {
        _rows = rows;
        _before = before;
        _unfit = unfit;
    }

    /// <summary>The number of rows that were put aside.</summary>
    public long Count => _rows.Count;

    /// <summary>About how many bytes they are.</summary>
    public long Bytes => _rows.Bytes;

    /// <summary>The number of the row before the first.</summary>
    public long Before => _before;

    /// <summary>How many are left out.</summary>
    public int Left => _left.Count;

    /// <summary>Puts the next commit's rows aside.</summary>
    /// <param name="chunks">Where they come from.</param>
    /// <param name="input">The input behind it.</param>
    /// <param name="rejects">Takes rows that do not fit; null where the first one is an error.</param>
    /// <param name="look">Looks at each row on its way; what it throws is the row's fault.</param>
    /// <param name="cancel">Stops it.</param>
    public static async Task<RowsAside> TakeAsync(RowChunks chunks, DocumentInput input, CallRejects? rejects, Action<RowReader, long>? look, CancellationToken cancel)
    {
        long before = input.RowNumber;
        HashSet<long> unfit = [];
        Door door = new(chunks.Next(), () =>
        {
            try
            {
                if (input.Unfit is { } problem)
                {
                    throw problem;
                }

                look?.Invoke(input, input.RowNumber);
                return true;
            }
            catch (DbConductorException e) when (rejects is not null && Reject.IsOfRow(e.Kind))
            {
                rejects.Add(e, input.RowNumber, input.Json);
                unfit.Add(input.RowNumber);
                return false;
            }
        });
        KeptRows kept = await RowSpool.KeepAsync(door, MongoSave.SpoolMemory, cancel).ConfigureAwait(false);
        long read = input.RowNumber - before;
        if (kept.Count + unfit.Count != read)
        {
            // nothing is written then: whatever comes after this counts on the numbers
            await kept.DisposeAsync().ConfigureAwait(false);
            throw WriteBatch.Miscounted(input.Table, read, $"{kept.Count + unfit.Count} of them were put aside");
        }

        return new(kept, before, unfit);
    }

    /// <summary>Leaves a row out from now on.</summary>
    public void Leave(long number) => _left.Add(number);

    /// <summary>Reads the rows that are not left out, as often as that is asked for, one reading at a time.</summary>
    public IAsyncEnumerable<(RowReader Row, long Number)> ReadAsync(CancellationToken cancel) => ReadAsync(left: false, cancel);

    /// <summary>Reads those that are.</summary>
    public IAsyncEnumerable<(RowReader Row, long Number)> ReadLeftAsync(CancellationToken cancel) => ReadAsync(left: true, cancel);

    public ValueTask DisposeAsync() => _rows.DisposeAsync();

    private async IAsyncEnumerable<(RowReader Row, long Number)> ReadAsync(bool left, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using RowReader rows = await _rows.OpenAsync(cancel).ConfigureAwait(false);
        RowWalker walker = new(rows);
        long number = _before;
        for (RowStep step = await walker.NextAsync(cancel).ConfigureAwait(false); step != RowStep.End; step = await walker.NextAsync(cancel).ConfigureAwait(false))
        {
            if (step != RowStep.Row)
            {
                continue;
            }

            do
            {
                number++;
            }
            while (_unfit.Contains(number));
            if (_left.Contains(number) == left)
            {
                yield return (rows, number);
            }
        }
    }

    /// <summary>Lets those rows through that are admitted.</summary>
    private sealed class Door(RowReader rows, Func<bool> admits) : ForwardingRows(rows)
    {
        public override bool Read()
        {
            while (Source.Read())
            {
                if (admits())
                {
                    return true;
                }
            }

            return false;
        }

        public override Task<bool> ReadAsync(CancellationToken cancellationToken)
        {
            // asked once: a read that ends between two questions would be taken for one that was judged, and its row be lost
            Task<bool> read = Source.ReadAsync(cancellationToken);
            return !read.IsCompletedSuccessfully ? SlowAsync(read, cancellationToken)
                : !read.Result || admits() ? read
                : SlowAsync(Source.ReadAsync(cancellationToken), cancellationToken);
        }

        private async Task<bool> SlowAsync(Task<bool> read, CancellationToken cancel)
        {
            while (await read.ConfigureAwait(false))
            {
                if (admits())
                {
                    return true;
                }

                read = Source.ReadAsync(cancel);
            }

            return false;
        }
    }
}
