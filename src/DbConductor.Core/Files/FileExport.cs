using System.Buffers;
using System.IO.Compression;
using System.Text;

namespace DbConductor.Files;

/// <summary>Writes a stream of rows to a file, which gets its name only when it is whole.</summary>
public static class FileExport
{
    private const int FlushAt = 128 * 1024;
    private const int ProgressEvery = 4096;

    /// <summary>Writes all rows. The reader stays open.</summary>
    /// <param name="rows">The rows, before the first one. Where they may bring columns later on and the format has a header, they are set aside first, to know them all.</param>
    /// <param name="path">The file's full path. A link is followed.</param>
    /// <param name="options">How.</param>
    /// <param name="cancel">Stops it; nothing is left behind.</param>
    /// <exception cref="DbConductorException">
    /// <see cref="DbErrorKind.AlreadyExists"/>; <see cref="DbErrorKind.InvalidData"/>: a value that the format cannot hold; or the file cannot be written.
    /// </exception>
    public static async Task<FileExportResult> WriteAsync(RowReader rows, string path, FileWriteOptions options, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(options);
        FileKind kind = FileKind.Of(path, options.Format);
        Encoding? encoding = EncodingOf(kind.Format, options);
        FileDelimiter.For(kind.Format, options.Delimiter);
        if (kind.Format == FileFormat.JsonLines || !rows.MayAppendColumns)
        {
            return await WriteAsync(rows, path, kind, encoding, options, cancel).ConfigureAwait(false);
        }

        RowReader all = await SettledRows.SpoolAsync(rows, cancel).ConfigureAwait(false);
        await using (all.ConfigureAwait(false))
        {
            return await WriteAsync(all, path, kind, encoding, options, cancel).ConfigureAwait(false);
        }
    }

    private static async Task<FileExportResult> WriteAsync(
        RowReader rows, string path, FileKind kind, Encoding? encoding, FileWriteOptions options, CancellationToken cancel)
    {
        WholeFile file = WholeFile.Create(path, options.NoClobber, options.Force);
        await using (file.ConfigureAwait(false))
        {
            try
            {
                RowFormatter formatter = kind.Format == FileFormat.JsonLines ? new JsonLinesFormatter() : new CsvFormatter(FileDelimiter.For(kind.Format, options.Delimiter), options.NullText);
                Stream compressed = kind.Gzip ? new GZipStream(file.Stream, CompressionLevel.Fastest, leaveOpen: true) : file.Stream;
                Stream target = encoding is null ? compressed : Encoding.CreateTranscodingStream(compressed, Strict(encoding), new UTF8Encoding(false, true), leaveOpen: !kind.Gzip);
                if (encoding?.GetPreamble() is { Length: > 0 } mark)
                {
                    await compressed.WriteAsync(mark, cancel).ConfigureAwait(false);
                }

                long count = await WriteRowsAsync(rows, formatter, target, options.OnProgress, cancel).ConfigureAwait(false);
                if (target != file.Stream)
                {
                    await target.DisposeAsync().ConfigureAwait(false);
                }

                long bytes = await file.CompleteAsync(cancel).ConfigureAwait(false);
                return new(path, kind, count, bytes);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw FileErrors.From(e, path, "written");
            }
            catch (EncoderFallbackException e)
            {
                throw new DbConductorException(
                    DbErrorKind.InvalidData, $"A text has a character that the encoding {encoding!.WebName} lacks. Export as UTF-8 (leave -Encoding out), which has them all.", e)
                { Target = path };
            }
        }
    }

    private static async Task<long> WriteRowsAsync(RowReader rows, RowFormatter formatter, Stream target, Action<long>? onProgress, CancellationToken cancel)
    {
        ArrayBufferWriter<byte> buffer = new(FlushAt + 8192);
        RowWalker walker = new(rows);
        while (await walker.NextAsync(cancel).ConfigureAwait(false) is var step && step != RowStep.End)
        {
            if (step == RowStep.Columns)
            {
                formatter.Begin(rows, walker.RowNumber, buffer);
                continue;
            }

            formatter.Write(rows, walker.RowNumber, buffer);
            if (buffer.WrittenCount >= FlushAt)
            {
                await target.WriteAsync(buffer.WrittenMemory, cancel).ConfigureAwait(false);
                buffer.ResetWrittenCount();
            }

            if (walker.RowNumber % ProgressEvery == 0)
            {
                cancel.ThrowIfCancellationRequested();
                onProgress?.Invoke(walker.RowNumber);
            }
        }

        await target.WriteAsync(buffer.WrittenMemory, cancel).ConfigureAwait(false);
        return walker.RowNumber;
    }

    // what is written here is UTF-8; null where it can stay so
    private static Encoding? EncodingOf(FileFormat format, FileWriteOptions options)
    {
        if (format == FileFormat.JsonLines && (options.Delimiter is not null || options.NullText.Length > 0 || options.Encoding is { CodePage: not 65001 }))
        {
            throw new DbConductorException(
                DbErrorKind.InvalidArgument, "JSON lines are UTF-8, and have neither a delimiter nor a text for null. Leave -Delimiter, -NullText and -Encoding out.");
        }

        return options.Encoding is { CodePage: 65001 } utf8 && utf8.GetPreamble().Length == 0 ? null : options.Encoding;
    }

    private static Encoding Strict(Encoding encoding) => Encoding.GetEncoding(encoding.CodePage, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
}
