namespace DbConductor;

/// <summary>The work of <see cref="EmbeddedJoin"/>: goes from one row of the result to the next, each made of a left row, a right row or both.</summary>
internal sealed class JoinRun : IAsyncDisposable
{
    /// <summary>Of how many of its parent's rows a part may consist and still be worth dividing.</summary>
    private const double Skewed = 0.9;

    private readonly JoinType _type;
    private readonly JoinKeys _keys;
    private readonly JoinOutput _output;
    private readonly long _leastPart;
    private long _memoryLimit;
    private readonly Stack<JoinPart> _parts = new();
    private JoinSide _left;
    private JoinSide _right;

    internal JoinRun(RowReader left, RowReader right, JoinSpec spec, JoinOutput output, JoinKeys keys)
    {
        (_type, _output, _keys) = (spec.Type, output, keys);
        _memoryLimit = spec.MemoryLimitBytes ?? EmbeddedJoin.DefaultMemoryLimitBytes;
        _leastPart = spec.LeastPartBytes;
        (_left, _right) = Sides(left, right);
    }

    /// <summary>The current row's left half; null where it has none.</summary>
    internal RowReader? Left { get; private set; }

    /// <summary>The current row's right half; null where it has none.</summary>
    internal RowReader? Right { get; private set; }

    /// <summary>The bytes that went through temporary files so far.</summary>
    internal long SpilledBytes { get; private set; }

    /// <summary>Cancels what is under way; the consumer sets it before each step.</summary>
    internal CancellationToken Cancel { get; set; }

    private bool GivesPairs => _type is not (JoinType.Semi or JoinType.Anti);

    /// <summary>Walks over the result; each step is a row.</summary>
    internal async IAsyncEnumerator<bool> RunAsync()
    {
        (int level, bool canDivide) = (0, true);
        while (true)
        {
            // an empty side needs no files, however large the other is
            await _right.ReadAheadAsync(Cancel).ConfigureAwait(false);
            await _left.ReadAheadAsync(Cancel).ConfigureAwait(false);
            while (!_left.Ended && !_right.Ended && _left.Ahead.Bytes + _right.Ahead.Bytes <= _memoryLimit)
            {
                // by turns, so that the side that ends first is the smaller one
                await (_right.Ahead.Bytes <= _left.Ahead.Bytes ? _right : _left).ReadAheadAsync(Cancel).ConfigureAwait(false);
            }

            if (!_left.Ended && !_right.Ended && canDivide)
            {
                await DivideAsync(level).ConfigureAwait(false);
            }
            else
            {
                await foreach (bool row in (_left.Ended || _right.Ended ? HashAsync() : LoopAsync()).ConfigureAwait(false))
                {
                    yield return row;
                }
            }

            await CloseAsync().ConfigureAwait(false);
            if (!_parts.TryPop(out JoinPart? part))
            {
                yield break;
            }

            (level, canDivide) = (part.Level, part.CanDivide);
            _memoryLimit = Math.Max(_memoryLimit, _leastPart);
            (RowReader left, RowReader right) = await part.OpenAsync(Cancel).ConfigureAwait(false);
            (_left, _right) = Sides(left, right);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        foreach (JoinPart part in _parts)
        {
            await part.DisposeAsync().ConfigureAwait(false);
        }

        _parts.Clear();
    }

    private (JoinSide Left, JoinSide Right) Sides(RowReader left, RowReader right) => (new(true, left, _keys, _output), new(false, right, _keys, _output));

    private async ValueTask CloseAsync()
    {
        (Left, Right) = (null, null);
        await _left.DisposeAsync().ConfigureAwait(false);
        await _right.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>One side is in memory as a whole.</summary>
    private IAsyncEnumerable<bool> HashAsync()
    {
        (JoinSide build, JoinSide probe) = _right.Ended ? (_right, _left) : (_left, _right);
        probe.Rewind();
        return ProbeAsync(build, probe, null);
    }

    /// <summary>Neither side fits in memory, and dividing does not help: every piece of the left side meets all of the right one.</summary>
    private async IAsyncEnumerable<bool> LoopAsync()
    {
        await using SpoolStream file = new(memoryLimit: 0, keep: true);
        RowStreamWriter writer = new(file);
        await writer.WriteColumnsAsync(_output.Columns(left: false), Cancel).ConfigureAwait(false);
        _right.Rewind();
        while (await _right.MoveAsync(Cancel).ConfigureAwait(false))
        {
            await writer.WriteRowAsync(_right.Row, Cancel).ConfigureAwait(false);
        }

        await writer.CompleteAsync(Cancel).ConfigureAwait(false);
        KeptRows kept = new(file, writer.RowNumber);
        SpilledBytes += kept.Bytes;
        ulong[] marks = new ulong[(kept.Count / 64) + 1];
        while (true)
        {
            await _left.FillAsync(_memoryLimit, Cancel).ConfigureAwait(false);
            if (_left.Ahead.Count == 0)
            {
                break;
            }

            await using (JoinSide again = await ReopenAsync(kept).ConfigureAwait(false))
            {
                await foreach (bool row in ProbeAsync(_left, again, marks).ConfigureAwait(false))
                {
                    yield return row;
                }
            }

            _left.Ahead.Clear();
        }

        if (Gives(left: false, matched: false))
        {
            await using JoinSide again = await ReopenAsync(kept).ConfigureAwait(false);
            for (long n = 0; await again.MoveAsync(Cancel).ConfigureAwait(false); n++)
            {
                if ((marks[n >> 6] & (1UL << (int)(n & 63))) == 0)
                {
                    Stand(left: false, again.Row);
                    yield return true;
                }
            }
        }
    }

    private async Task<JoinSide> ReopenAsync(KeptRows right) => new(false, await right.OpenAsync(Cancel).ConfigureAwait(false), _keys, _output);

    /// <summary>Streams one side past the other's rows in memory.</summary>
    /// <param name="build">The side whose rows are in memory.</param>
    /// <param name="probe">The other one.</param>
    /// <param name="marks">Where rows of the other side that match are noted by number, if there is more to come that they can match; else null, and those that match none come out.</param>
    private async IAsyncEnumerable<bool> ProbeAsync(JoinSide build, JoinSide probe, ulong[]? marks)
    {
        RowArena arena = build.Ahead;
        arena.Index();
        ArenaRows row = build.OpenAhead();
        for (long n = 0; await probe.MoveAsync(Cancel).ConfigureAwait(false); n++)
        {
            bool matched = false;
            if (_keys.Read(probe.Row, probe.IsLeft))
            {
                for (int i = arena.Find(-1); i >= 0; i = arena.Find(i))
                {
                    matched = true;
                    arena.Mark(i);
                    if (GivesPairs)
                    {
                        row.MoveTo(i);
                        (Left, Right) = probe.IsLeft ? (probe.Row, row) : ((RowReader)row, probe.Row);
                        yield return true;
                    }
                    else if (probe.IsLeft)
                    {
                        break;
                    }
                }
            }

            if (marks is not null)
            {
                marks[n >> 6] |= matched ? 1UL << (int)(n & 63) : 0;
            }
            else if (Gives(probe.IsLeft, matched))
            {
                Stand(probe.IsLeft, probe.Row);
                yield return true;
            }
        }

        if (!Gives(build.IsLeft, true) && !Gives(build.IsLeft, false))
        {
            yield break;
        }

        for (int i = 0; i < arena.Count; i++)
        {
            if (Gives(build.IsLeft, arena.IsMarked(i)))
            {
                row.MoveTo(i);
                Stand(build.IsLeft, row);
                yield return true;
            }
        }
    }

    /// <summary>Whether a side's row comes out on its own.</summary>
    private bool Gives(bool left, bool matched) => _type switch
    {
        JoinType.Semi => left && matched,
        JoinType.Left or JoinType.Anti => left && !matched,
        JoinType.Right => !left && !matched,
        JoinType.Full => !matched,
        _ => false,
    };

    /// <summary>Makes a row that has one half only the current one.</summary>
    private void Stand(bool left, RowReader row) => (Left, Right) = (left ? row : null, left ? null : row);

    private async Task DivideAsync(int level)
    {
        await using JoinPartitions left = await FilesAsync(_left, level).ConfigureAwait(false);
        await using JoinPartitions right = await FilesAsync(_right, level).ConfigureAwait(false);
        SpilledBytes += left.Bytes + right.Bytes;
        for (int i = JoinPartitions.Count - 1; i >= 0; i--)
        {
            double share = (double)(left.Rows(i) + right.Rows(i)) / (left.Rows() + right.Rows());
            _parts.Push(new JoinPart(left.Take(i), right.Take(i), level + 1, share < Skewed && level + 1 < JoinPartitions.MaxLevel));
        }
    }

    private async Task<JoinPartitions> FilesAsync(JoinSide side, int level)
    {
        JoinPartitions files = new(_keys, side.IsLeft, level);
        try
        {
            IReadOnlyList<Column> columns = _output.Columns(side.IsLeft);
            await files.WriteColumnsAsync(columns, Cancel).ConfigureAwait(false);
            side.Rewind();
            while (await side.MoveAsync(Cancel).ConfigureAwait(false))
            {
                if (side.Row.Columns.Count > columns.Count)
                {
                    columns = side.Row.Columns;
                    await files.WriteColumnsAsync(columns, Cancel).ConfigureAwait(false);
                }

                await files.WriteAsync(side.Row, Cancel).ConfigureAwait(false);
            }

            await files.CompleteAsync(Cancel).ConfigureAwait(false);
            return files;
        }
        catch
        {
            await files.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
