using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace DbConductor.PowerShell;

/// <summary>The values in a filter's script block: constants, and variables as they are now, looked up first in the block's module, then at the caller.</summary>
internal sealed class FilterValues(ScriptBlock block, SessionState caller)
{
    private const string UseVariable = "Put its value in a variable before, and compare with that.";

    private static readonly HashSet<Type> CastTypes =
    [
        typeof(bool), typeof(sbyte), typeof(byte), typeof(short), typeof(ushort), typeof(int), typeof(uint), typeof(long), typeof(ulong), typeof(decimal), typeof(float),
        typeof(double), typeof(char), typeof(string), typeof(DateTime), typeof(DateTimeOffset), typeof(DateOnly), typeof(TimeOnly), typeof(TimeSpan), typeof(Guid),
        typeof(System.Numerics.BigInteger),
    ];

    /// <summary>The value of an expression that has nothing to do with the row; an array for a list.</summary>
    internal object? Of(ExpressionAst expression) => expression switch
    {
        ConstantExpressionAst constant => constant.Value,
        ParenExpressionAst paren => Of(Inner(paren)),
        ArrayLiteralAst list => list.Elements.Select(Of).ToArray(),
        ArrayExpressionAst list => list.SubExpression.Statements.SelectMany(s => Each(Of(Single(s)))).ToArray(),
        ConvertExpressionAst cast => Cast(cast),
        UsingExpressionAst { SubExpression: VariableExpressionAst variable } => Variable(variable),
        VariableExpressionAst variable => Variable(variable),
        MemberExpressionAst member and not InvokeMemberExpressionAst => Member(member),
        UnaryExpressionAst { TokenKind: TokenKind.Minus } minus => Negative(minus),
        UnaryExpressionAst { TokenKind: TokenKind.Plus } plus => Of(plus.Child),
        _ => throw Refused(expression),
    };

    /// <summary>The expression within parentheses.</summary>
    internal static ExpressionAst Inner(ParenExpressionAst paren) => Single(paren.Pipeline);

    /// <summary>The only expression of a statement.</summary>
    internal static ExpressionAst Single(StatementAst statement) => statement is PipelineAst { PipelineElements: [CommandExpressionAst { Redirections.Count: 0 } only] }
        ? only.Expression
        : throw FilterRefusal.At(
            statement.Extent,
            statement is PipelineAst { PipelineElements: [CommandAst] } ? "a command is called" : "this is more than one expression",
            UseVariable);

    /// <summary>Why an expression is no value, and what to do instead.</summary>
    internal static DbConductorException Refused(ExpressionAst expression) => expression switch
    {
        InvokeMemberExpressionAst => FilterRefusal.At(expression.Extent, "a method is called", UseVariable),
        SubExpressionAst or ScriptBlockExpressionAst => FilterRefusal.At(expression.Extent, "code would have to run", UseVariable),
        IndexExpressionAst => FilterRefusal.At(expression.Extent, "an index is taken", UseVariable),
        ExpandableStringExpressionAst => FilterRefusal.At(expression.Extent, "a text has variables in it", UseVariable),
        BinaryExpressionAst { Operator: TokenKind.DotDot } => FilterRefusal.At(expression.Extent, "a range is made", "Write -ge and -le, or put the list in a variable."),
        BinaryExpressionAst => FilterRefusal.At(expression.Extent, "something is computed", UseVariable),
        _ => FilterRefusal.At(expression.Extent, "this is no plain value", UseVariable),
    };

    private object? Variable(VariableExpressionAst variable)
    {
        string name = variable.VariablePath.UserPath;
        switch (name.ToUpperInvariant())
        {
            case "TRUE":
                return true;
            case "FALSE":
                return false;
            case "NULL":
                return null;
            case "_" or "PSITEM":
                throw FilterRefusal.At(variable.Extent, "the row as a whole is compared", "Name one of its columns, as $_.name.");
        }

        if (variable.Splatted)
        {
            throw FilterRefusal.At(variable.Extent, "a variable is splatted", "Write it with $.");
        }

        if (string.Equals(variable.VariablePath.DriveName, "env", StringComparison.OrdinalIgnoreCase))
        {
            return Environment.GetEnvironmentVariable(name[4..]) ?? throw Undefined(variable);
        }

        if (variable.VariablePath.IsDriveQualified)
        {
            throw FilterRefusal.At(variable.Extent, "a variable of another drive is read", UseVariable);
        }

        PSVariable? found = block.Module?.SessionState.PSVariable.Get(name) ?? caller.PSVariable.Get(name);
        return found is null ? throw Undefined(variable) : Value(found.Value, variable);
    }

    private static DbConductorException Undefined(ExpressionAst variable) =>
        FilterRefusal.At(variable.Extent, $"{variable.Extent.Text} is not defined", "Give it a value, or correct its name; $null says that no value is meant.");

    private object? Member(MemberExpressionAst member)
    {
        if (member.Static || member.Member is not StringConstantExpressionAst { Value: var name })
        {
            throw FilterRefusal.At(member.Extent, "a member is computed", UseVariable);
        }

        object? owner = Of(member.Expression);
        if (owner is IDictionary table && table.Contains(name))
        {
            return Value(table[name], member);
        }

        PSPropertyInfo? property = owner is null ? null : PSObject.AsPSObject(owner).Properties[name];
        return property switch
        {
            null => throw Undefined(member),
            PSScriptProperty or PSCodeProperty => throw FilterRefusal.At(member.Extent, "the property is code that would have to run", UseVariable),
            _ => Value(property.Value, member),
        };
    }

    private static object? Value(object? value, ExpressionAst where) => FilterTranslator.Plain(value) switch
    {
        ScriptBlock => throw FilterRefusal.At(where.Extent, "it holds a script block", "Compare with a value."),
        var plain => plain,
    };

    private object? Cast(ConvertExpressionAst cast)
    {
        Type? type = cast.Type.TypeName.GetReflectionType();
        Type? item = type is { IsArray: true } ? type.GetElementType() : type;
        if (item is null || !CastTypes.Contains(item))
        {
            throw FilterRefusal.At(cast.Type.Extent, "a value is cast to a type that no column has", UseVariable);
        }

        if (cast.Child is not (ConstantExpressionAst or ArrayLiteralAst or ArrayExpressionAst or UnaryExpressionAst or ParenExpressionAst))
        {
            throw FilterRefusal.At(cast.Extent, "something other than a literal is cast", UseVariable);
        }

        try
        {
            return LanguagePrimitives.ConvertTo(Of(cast.Child), type);
        }
        catch (PSInvalidCastException e)
        {
            throw FilterRefusal.At(cast.Extent, $"the literal is no {item.Name}", e.Message);
        }
    }

    private object Negative(UnaryExpressionAst minus) => Of(minus.Child) switch
    {
        int i => -(long)i is >= int.MinValue and var small ? (int)small : -(long)i,
        long l => -(decimal)l is var d && d >= long.MinValue ? (long)d : d,
        decimal d => -d,
        double d => -d,
        float f => -f,
        System.Numerics.BigInteger b => -b,
        _ => throw FilterRefusal.At(minus.Extent, "something other than a number is negated", UseVariable),
    };

    private static IEnumerable<object?> Each(object? value) => value is object?[] list ? list : [value];
}
