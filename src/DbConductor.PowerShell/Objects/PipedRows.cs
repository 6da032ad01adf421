using System.Threading.Channels;

namespace DbConductor.PowerShell;

/// <summary>
/// Turns the objects that a cmdlet is piped into a row stream for a consumer that runs beside the pipeline. Objects are looked at on the
/// pipeline thread alone, as they come; a full chunk of rows waits until the consumer has taken the one before.
/// </summary>
/// <remarks>
/// The consumer starts when the first chunk is full or the input has ended, so that its reader has its columns from the start, with the
/// properties of every object of that chunk. Without any object it never starts.
/// </remarks>
internal sealed class PipedRows : IDisposable
{
    private readonly Channel<RowChunk> _chunks =
        Channel.CreateBounded<RowChunk>(new BoundedChannelOptions(1) { SingleReader = true, SingleWriter = true });

    private readonly Func<RowReader, Task> _consume;
    private readonly Action<Task> _wait;
    private readonly RowBuilder _builder;
    private Task? _consumer;
    private long _before;
    private bool _ended;

    /// <summary>Makes the stream; nothing starts yet.</summary>
    /// <param name="consume">
    /// Starts the consumer; it is called once, on a thread of the pool. Its task ends when no more rows are needed, and owns the reader until then.
    /// </param>
    /// <param name="wait">Waits on the pipeline thread until a task has ended; it may throw the task's error or one of its own.</param>
    /// <param name="cancel">Stops what a handle's rows are opened by.</param>
    internal PipedRows(Func<RowReader, Task> consume, Action<Task> wait, CancellationToken cancel)
    {
        _consume = consume;
        _wait = wait;
        _builder = new(Send, wait, cancel);
    }

    /// <summary>The number of rows taken so far.</summary>
    internal long Count => _builder.Count;

    /// <summary>Takes an object, or all the rows of a DataTable, a data reader or a list. Waits where the consumer is behind.</summary>
    /// <exception cref="DbConductorException">
    /// <see cref="DbErrorKind.InvalidData"/>: the object has no properties, or has a value that no column can hold; the message names row and property.
    /// Or the consumer's own error, if it has failed.
    /// </exception>
    internal void Add(object? item)
    {
        ThrowIfConsumerEnded();
        _before = _builder.Count;
        _builder.Add(item);
    }

    /// <summary>
    /// The object that an error is about: the one that was taken last, or is being taken, where the error's row is of it; else null. Those before it are not kept.
    /// </summary>
    /// <param name="error">The error.</param>
    /// <param name="last">The object that was taken last.</param>
    internal object? TargetOf(DbConductorException error, object? last) => error.Row > _before && error.Row <= Count + 1 ? last : null;

    /// <summary>Sends what is left and waits for the consumer; throws the consumer's error.</summary>
    internal void Complete()
    {
        ThrowIfConsumerEnded();
        _builder.Flush();
        _ended = true;
        _chunks.Writer.TryComplete();
        if (_consumer is not null)
        {
            _wait(_consumer);
            _consumer.GetAwaiter().GetResult();
        }
    }

    /// <summary>
    /// Ends the stream with an error, which the consumer gets from its reader, and blocks until the consumer has ended. Does nothing once the
    /// stream has ended.
    /// </summary>
    internal void Fail(Exception error)
    {
        _ended = true;
        _chunks.Writer.TryComplete(error);
        if (_consumer is not null)
        {
            Task.WaitAny(_consumer);
        }
    }

    /// <summary>Ends the stream as cancelled if it has not ended yet: what is left to do after a pipeline that stopped early.</summary>
    public void Dispose()
    {
        if (!_ended)
        {
            Fail(new OperationCanceledException("The pipeline ended before its rows were complete."));
        }
    }

    private void Send(RowChunk chunk)
    {
        if (_consumer is null)
        {
            PipedReader reader = new(chunk, _chunks.Reader);
            _consumer = Task.Run(() => _consume(reader));
            return;
        }

        while (!_chunks.Writer.TryWrite(chunk))
        {
            _wait(Task.WhenAny(_chunks.Writer.WaitToWriteAsync().AsTask(), _consumer));
            ThrowIfConsumerEnded();
        }
    }

    private void ThrowIfConsumerEnded()
    {
        if (_consumer is { IsCompleted: true })
        {
            _consumer.GetAwaiter().GetResult();
            throw new DbConductorException(DbErrorKind.InvalidOperation, "The work that these rows were piped to ended before them.");
        }
    }
}
