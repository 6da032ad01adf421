using System.Buffers.Binary;

namespace DbConductor.Adapters.PostgreSql;

/// <summary>Counts the rows of a binary COPY that comes in pieces, which end anywhere, by walking from field to field.</summary>
internal sealed class CopyScan
{
    private const int HeaderBytes = 19;

    private readonly byte[] _number = new byte[4];
    private int _numberBytes;
    private long _skip = HeaderBytes;
    private int _fields;

    /// <summary>How many rows have begun.</summary>
    public long Rows { get; private set; }

    /// <summary>Whether the end of the rows has come, and nothing after it.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Walks on through the next piece.</summary>
    public void Add(ReadOnlySpan<byte> piece)
    {
        while (piece.Length > 0)
        {
            if (_skip > 0)
            {
                int skipped = (int)Math.Min(_skip, piece.Length);
                _skip -= skipped;
                piece = piece[skipped..];
                continue;
            }

            // between two rows stands the number of fields, before each field its length
            int size = _fields == 0 ? 2 : 4;
            if (_numberBytes == 0 && piece.Length >= size)
            {
                Meet(piece);
                piece = piece[size..];
                continue;
            }

            _number[_numberBytes++] = piece[0];
            piece = piece[1..];
            if (_numberBytes == size)
            {
                _numberBytes = 0;
                Meet(_number);
            }
        }
    }

    private void Meet(ReadOnlySpan<byte> number)
    {
        if (_fields > 0)
        {
            _fields--;
            _skip = Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(number));
            return;
        }

        int fields = BinaryPrimitives.ReadInt16BigEndian(number);
        if (fields < 0)
        {
            IsWhole = true;
            return;
        }

        IsWhole = false;
        Rows++;
        _fields = fields;
    }
}
