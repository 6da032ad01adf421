namespace DbConductor;

/// <summary>One side of a join, or of one of its parts: rows that were read ahead into an arena, and those that are still to come.</summary>
internal sealed class JoinSide(bool isLeft, RowReader rows, JoinKeys keys, JoinOutput output) : IAsyncDisposable
{
    private readonly RowWalker _walker = new(rows);
    private ArenaRows? _replay;

    internal bool IsLeft { get; } = isLeft;

    /// <summary>Rows that were read ahead.</summary>
    internal RowArena Ahead { get; } = new(isLeft, keys);

    /// <summary>Whether all rows have been read.</summary>
    internal bool Ended { get; private set; }

    /// <summary>The reader that stands on the side's current row.</summary>
    internal RowReader Row { get; private set; } = rows;

    /// <summary>Reads rows ahead until there are none, or until an amount of memory is full.</summary>
    internal async Task FillAsync(long memoryLimit, CancellationToken cancel)
    {
        while (!Ended && Ahead.Bytes <= memoryLimit)
        {
            await ReadAheadAsync(cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Reads one more row ahead, if there is one.</summary>
    internal async ValueTask ReadAheadAsync(CancellationToken cancel)
    {
        if (await NextAsync(cancel).ConfigureAwait(false))
        {
            Ahead.Add(_walker.Rows, _walker.RowNumber);
        }
    }

    /// <summary>A reader over what was read ahead.</summary>
    internal ArenaRows OpenAhead() => new(Ahead, () => output.Columns(IsLeft));

    /// <summary>Lets <see cref="MoveAsync"/> begin with the rows that were read ahead.</summary>
    internal void Rewind() => _replay = OpenAhead();

    /// <summary>Goes to the next row, one that was read ahead or a new one.</summary>
    internal ValueTask<bool> MoveAsync(CancellationToken cancel)
    {
        if (_replay is not null)
        {
            if (_replay.Read())
            {
                Row = _replay;
                return new(true);
            }

            _replay = null;
            Ahead.Clear();
            Row = _walker.Rows;
        }

        return NextAsync(cancel);
    }

    public ValueTask DisposeAsync()
    {
        Ahead.Clear();
        return _walker.Rows.DisposeAsync();
    }

    private ValueTask<bool> NextAsync(CancellationToken cancel)
    {
        if (Ended)
        {
            return new(false);
        }

        ValueTask<RowStep> step = _walker.NextAsync(cancel);
        return step.IsCompletedSuccessfully && step.Result == RowStep.Row ? new(true) : SlowAsync(step, cancel);
    }

    private async ValueTask<bool> SlowAsync(ValueTask<RowStep> pending, CancellationToken cancel)
    {
        RowStep step;
        while ((step = await pending.ConfigureAwait(false)) == RowStep.Columns)
        {
            output.Extend(IsLeft, _walker.Rows.Columns);
            pending = _walker.NextAsync(cancel);
        }

        Ended = step == RowStep.End;
        return !Ended;
    }
}
