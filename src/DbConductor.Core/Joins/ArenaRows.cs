namespace DbConductor;

/// <summary>A reader over the rows of an arena, forwards or at any of them.</summary>
internal sealed class ArenaRows(RowArena arena, Func<IReadOnlyList<Column>> columns) : EncodedRowReader
{
    private int _at = -1;

    public override IReadOnlyList<Column> Columns => columns();

    public override bool Read()
    {
        if (_at + 1 >= arena.Count)
        {
            return false;
        }

        MoveTo(_at + 1);
        return true;
    }

    internal void MoveTo(int index)
    {
        _at = index;
        arena.Load(index, Current);
    }
}
