namespace DbConductor.Tests.Rows;

/// <summary>
/// Rows that arrive as those of a server do: each read is answered by another thread than the one that asked, which goes on meanwhile, at any moment after that. A
/// consumer that looks twice whether a read has ended sees two answers now and then.
/// </summary>
internal sealed class RowsAtAnyMoment : ForwardingRows
{
    private Question? _asked;
    private bool _disposed;

    public RowsAtAnyMoment(RowReader rows)
        : base(rows)
    {
        // what was waiting for an answer goes on in the thread that gave it, and then the other one has the next
        foreach (int seed in new[] { 1, 2 })
        {
            new Thread(() => Answer(new Random(seed))) { IsBackground = true }.Start();
        }
    }

    public override bool Read() => throw new NotSupportedException();

    public override Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        Question asked = new();
        Volatile.Write(ref _asked, asked);
        return asked.Answer.Task;
    }

    protected override void Dispose(bool disposing)
    {
        Volatile.Write(ref _disposed, true);
        base.Dispose(disposing);
    }

    private void Answer(Random moments)
    {
        SpinWait spin = default;
        while (!Volatile.Read(ref _disposed))
        {
            if (Volatile.Read(ref _asked) is { } asked && asked.Thread != Environment.CurrentManagedThreadId && Interlocked.CompareExchange(ref _asked, null, asked) == asked)
            {
                bool read = Source.Read();
                Thread.SpinWait(moments.Next(20));
                asked.Answer.SetResult(read);
                spin.Reset();
            }

            // no sleep, which would be longer than what is looked for
            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    private sealed class Question
    {
        public int Thread { get; } = Environment.CurrentManagedThreadId;

        public TaskCompletionSource<bool> Answer { get; } = new();
    }
}
