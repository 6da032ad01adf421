using System.Collections;
using System.Management.Automation.Language;

namespace DbConductor.PowerShell;

/// <summary>Translates the syntax tree of a filter's script block.</summary>
internal sealed class BlockTranslation(FilterValues values)
{
    internal Filter Translate(ScriptBlockAst block)
    {
        if (block.ParamBlock is not null || block.BeginBlock is not null || block.ProcessBlock is not null || block.DynamicParamBlock is not null
            || block.EndBlock is not { Statements: [var only], Traps: null or { Count: 0 } })
        {
            throw FilterRefusal.At(block.Extent, "the block is not one condition", "Write one comparison, or several with -and, -or and -not, as { $_.age -ge 18 }.");
        }

        return Condition(FilterValues.Single(only));
    }

    private Filter Condition(ExpressionAst expression) => expression switch
    {
        ParenExpressionAst paren => Condition(FilterValues.Inner(paren)),
        UnaryExpressionAst { TokenKind: TokenKind.Not or TokenKind.Exclaim } not => new NotFilter(Condition(not.Child)),
        BinaryExpressionAst { Operator: TokenKind.And } and => new AndFilter([Condition(and.Left), Condition(and.Right)]),
        BinaryExpressionAst { Operator: TokenKind.Or } or => new OrFilter([Condition(or.Left), Condition(or.Right)]),
        BinaryExpressionAst comparison => Comparison(comparison),
        VariableExpressionAst { VariablePath.UserPath: var name } when name.Equals("true", StringComparison.OrdinalIgnoreCase) => new ConstantFilter(true),
        VariableExpressionAst { VariablePath.UserPath: var name } when name.Equals("false", StringComparison.OrdinalIgnoreCase) => new ConstantFilter(false),
        _ when ColumnOf(expression) is { } column => throw FilterRefusal.At(
            expression.Extent, "a column alone is no condition", $"Write what it must equal, as $_.{column} -eq $true."),
        _ => throw FilterValues.Refused(expression),
    };

    private Filter Comparison(BinaryExpressionAst comparison)
    {
        (string word, TextMatch match) = Operator(comparison);
        string? left = ColumnOf(comparison.Left);
        string? right = ColumnOf(comparison.Right);
        if (left is not null && right is not null)
        {
            throw FilterRefusal.At(comparison.Extent, "two columns are compared", "Use Invoke-DbQuery for that.");
        }

        if (left is null && right is null)
        {
            // a call on the row's column is told as such, rather than as a missing column
            _ = values.Of(comparison.Left);
            _ = values.Of(comparison.Right);
            throw FilterRefusal.At(comparison.Extent, "no column is compared", "One side must be a column of the row, as $_.name.");
        }

        string column = left ?? right!;
        object? value = values.Of(left is null ? comparison.Left : comparison.Right);
        return word switch
        {
            "eq" or "ne" or "lt" or "le" or "gt" or "ge" => Compare(comparison, column, word, match, value, flipped: left is null),
            "in" or "notin" when left is not null => new InFilter(column, List(value), word == "notin", match),
            "contains" or "notcontains" when right is not null => new InFilter(column, List(value), word == "notcontains", match),
            "like" or "notlike" when left is not null => new LikeFilter(
                column, new WildcardText(Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) ?? ""), word == "notlike", match),
            "in" or "notin" => throw FilterRefusal.At(comparison.Extent, "the list is a column", "Turn the comparison around: $_.column -in $list."),
            "contains" or "notcontains" => throw FilterRefusal.At(comparison.Extent, "a column holds no list", "Write $_.column -eq $value, or $_.column -in $list."),
            _ => throw FilterRefusal.At(comparison.Extent, "the pattern is a column", "Write the column on the left: $_.column -like 'a*'."),
        };
    }

    private static Filter Compare(BinaryExpressionAst comparison, string column, string word, TextMatch match, object? value, bool flipped)
    {
        if (value is not (string or byte[]) && value is IEnumerable)
        {
            throw FilterRefusal.At(comparison.Extent, "a column is compared with a list", "Use -in or -notin.");
        }

        if (value is null)
        {
            // no value is less or greater than null
            return word switch
            {
                "eq" => new NullFilter(column),
                "ne" => new NullFilter(column, Negated: true),
                _ => new AndFilter([new ConstantFilter(false), new NullFilter(column)]),
            };
        }

        CompareOp op = (word, flipped) switch
        {
            ("eq", _) => CompareOp.Equal,
            ("ne", _) => CompareOp.NotEqual,
            ("lt", false) or ("gt", true) => CompareOp.Less,
            ("le", false) or ("ge", true) => CompareOp.LessOrEqual,
            ("gt", false) or ("lt", true) => CompareOp.Greater,
            _ => CompareOp.GreaterOrEqual,
        };
        return new CompareFilter(column, op, value, match);
    }

    // PowerShell's parser gives -eq and -ieq the same token: the text tells whether a word on case was said
    private static (string Word, TextMatch Match) Operator(BinaryExpressionAst comparison)
    {
        string text = comparison.ErrorPosition.Text.TrimStart('-', '\u2013', '\u2014', '\u2015').ToLowerInvariant();
        return text switch
        {
            "eq" or "ne" or "lt" or "le" or "gt" or "ge" or "in" or "notin" or "contains" or "notcontains" or "like" or "notlike" => (text, TextMatch.Column),
            "ceq" or "cne" or "clt" or "cle" or "cgt" or "cge" or "cin" or "cnotin" or "ccontains" or "cnotcontains" or "clike" or "cnotlike" => (text[1..], TextMatch.Exact),
            "ieq" or "ine" or "ilt" or "ile" or "igt" or "ige" or "iin" or "inotin" or "icontains" or "inotcontains" or "ilike" or "inotlike" => (text[1..], TextMatch.IgnoreCase),
            "match" or "notmatch" or "cmatch" or "imatch" or "cnotmatch" or "inotmatch" => throw FilterRefusal.At(
                comparison.ErrorPosition, "regular expressions differ from database to database", "Use -like, or Invoke-DbQuery with the database's own."),
            "xor" => throw FilterRefusal.At(comparison.ErrorPosition, "-xor is not known here", "Write it with -and, -or and -not."),
            "is" or "isnot" or "as" => throw FilterRefusal.At(comparison.ErrorPosition, "types are asked for", "Compare the value."),
            _ => throw FilterValues.Refused(comparison),
        };
    }

    /// <summary>The column that an expression names, as <c>$_.name</c>; dotted for what is nested. Null where it names none.</summary>
    private static string? ColumnOf(ExpressionAst expression) => expression switch
    {
        ParenExpressionAst { Pipeline: PipelineAst { PipelineElements: [CommandExpressionAst inner] } } => ColumnOf(inner.Expression),
        MemberExpressionAst { Static: false, Member: StringConstantExpressionAst { Value: var name } } member and not InvokeMemberExpressionAst => member.Expression switch
        {
            VariableExpressionAst { VariablePath.UserPath: "_" } => name,
            VariableExpressionAst { VariablePath.UserPath: var variable } when variable.Equals("PSItem", StringComparison.OrdinalIgnoreCase) => name,
            _ => ColumnOf(member.Expression) is { } owner ? $"{owner}.{name}" : null,
        },
        _ => null,
    };

    private static IReadOnlyList<object?> List(object? value) => value is not (string or byte[] or IDictionary) && value is IEnumerable list
        ? [.. list.Cast<object?>().Select(FilterTranslator.Plain)]
        : [value];
}
