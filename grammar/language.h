// The language's grammar as PEGTL rules, one a line, without actions; named as
// in reference.peg (the reader's copy; a test compares the names). A rule that
// ends in `_` only avoids a C++ word. `tok<R>` is R and the spacing after it,
// so every rule begins at its first byte.
#pragma once

#include <tao/pegtl.hpp>

namespace telltale::grammar {

using namespace tao::pegtl;  // NOLINT(google-build-using-namespace): PEGTL
                             // style

// clang-format off
// ---------------------------------------------------------------- spacing
struct comment : seq<one<'#'>, until<eolf>> {};
struct sp : star<sor<space, comment>> {};
template <typename Rule> struct tok : seq<Rule, sp> {};
template <char... C> struct sym : tok<string<C...>> {};
struct idch : ranges<'a', 'z', 'A', 'Z', '0', '9', '_'> {};
struct ident : seq<ranges<'a', 'z', 'A', 'Z', '_'>, star<idch>> {};

#define TT_KEYWORD(name) struct reserved_##name : TAO_PEGTL_STRING(#name) {};
#include "grammar/keywords.def"
#undef TT_KEYWORD
#define TT_KEYWORD(name) reserved_##name,
struct keyword_ : seq<sor<
#include "grammar/keywords.def"
    failure>, not_at<idch>> {};
#undef TT_KEYWORD

// Words: kw_sig is the word `sig` and the spacing after it.
#define TT_KW(name) struct kw_##name : seq<TAO_PEGTL_STRING(#name), not_at<idch>, sp> {};
TT_KW(pack) TT_KW(use) TT_KW(taxonomy) TT_KW(source) TT_KW(block) TT_KW(table) TT_KW(param) TT_KW(let) TT_KW(template)
TT_KW(apply) TT_KW(end) TT_KW(sig) TT_KW(rule) TT_KW(stage) TT_KW(test) TT_KW(where) TT_KW(over) TT_KW(group) TT_KW(by)
TT_KW(role) TT_KW(note) TT_KW(hit) TT_KW(miss) TT_KW(when) TT_KW(within) TT_KW(during) TT_KW(explains) TT_KW(from)
TT_KW(for) TT_KW(no) TT_KW(any) TT_KW(all) TT_KW(expect) TT_KW(wait) TT_KW(and) TT_KW(or) TT_KW(not) TT_KW(has) TT_KW(in)
TT_KW(else) TT_KW(gives) TT_KW(last) TT_KW(eof) TT_KW(see) TT_KW(clears) TT_KW(allow) TT_KW(true) TT_KW(false)
TT_KW(edition) TT_KW(as) TT_KW(with) TT_KW(attr) TT_KW(symptom) TT_KW(cause) TT_KW(outcome) TT_KW(files) TT_KW(like)
TT_KW(prefix) TT_KW(json) TT_KW(line) TT_KW(run) TT_KW(drop) TT_KW(key) TT_KW(clock) TT_KW(skew) TT_KW(up) TT_KW(to)
TT_KW(open) TT_KW(body) TT_KW(close) TT_KW(chain) TT_KW(quiet) TT_KW(max) TT_KW(lines) TT_KW(back) TT_KW(stream)
TT_KW(only) TT_KW(at) TT_KW(set) TT_KW(of) TT_KW(raw) TT_KW(file) TT_KW(on) TT_KW(nothing) TT_KW(root) TT_KW(cascade)
TT_KW(confirm) TT_KW(context) TT_KW(prev) TT_KW(mean) TT_KW(min)
#undef TT_KW

// ----------------------------------------------------------------- tokens
struct operand : seq<not_at<sor<TAO_PEGTL_STRING("not"), TAO_PEGTL_STRING("has"), TAO_PEGTL_STRING("true"),
                     TAO_PEGTL_STRING("false"), TAO_PEGTL_STRING("eof")>, not_at<idch>>, ident> {};
struct name : seq<not_at<keyword_>, ident> {};
struct typename_ : ident {};
struct packname : seq<lower, star<ranges<'a', 'z', '0', '9', '-'>>> {};
struct code : seq<one<'E', 'W'>, plus<digit>, not_at<idch>> {};
struct minus : seq<one<'-'>, not_at<one<'>'>>> {};
struct addop : sor<one<'+'>, minus> {};
struct mulop : one<'*', '/'> {};
struct cmpop : sor<TAO_PEGTL_STRING("=="), TAO_PEGTL_STRING("!="), TAO_PEGTL_STRING("<="), TAO_PEGTL_STRING(">="), one<'<'>, one<'>'>> {};
struct num : seq<plus<digit>, opt<one<'.'>, plus<digit>>> {};
struct bytes : seq<num, sor<TAO_PEGTL_STRING("KiB"), TAO_PEGTL_STRING("MiB"), TAO_PEGTL_STRING("GiB"), TAO_PEGTL_STRING("TiB"),
               TAO_PEGTL_STRING("kB"), TAO_PEGTL_STRING("MB"), TAO_PEGTL_STRING("GB"), TAO_PEGTL_STRING("TB"), one<'B'>>, not_at<idch>> {};
struct duration : seq<plus<plus<digit>, sor<TAO_PEGTL_STRING("ms"), TAO_PEGTL_STRING("us"), TAO_PEGTL_STRING("ns"),
                  one<'s', 'm', 'h', 'd'>>>, not_at<idch>> {};
struct percent : seq<num, one<'%'>> {};
struct version : seq<plus<digit>, one<'.'>, plus<digit>, plus<one<'.'>, plus<digit>>, not_at<idch>> {};
struct float_ : seq<plus<digit>, one<'.'>, plus<digit>, opt<one<'e', 'E'>, opt<one<'+', '-'>>, plus<digit>>, not_at<idch>> {};
struct hex : seq<TAO_PEGTL_STRING("0x"), plus<xdigit>, not_at<idch>> {};
struct int_ : seq<plus<digit>, not_at<idch>> {};
struct string_ : sor<seq<one<'"'>, until<one<'"'>, sor<seq<one<'\\'>, not_one<'\n'>>, not_one<'\n'>>>>,
                     seq<one<'`'>, until<one<'`'>, any>>> {};
struct rawline : seq<one<'|'>, star<not_one<'\n'>>> {};
struct anchor : one<'^'> {};
struct end_ : one<'$'> {};
struct flags : star<one<'i', 'w'>> {};
struct regex_body : plus<sor<seq<one<'\\'>, not_one<'\n'>>, not_one<'/', '\n'>>> {};
struct flags_end : not_at<idch> {};
struct regex : seq<one<'/'>, regex_body, one<'/'>, flags, must<flags_end>> {};
// Texts and their holes.
struct enum_option : star<not_one<'|', '(', ')', '\n'>> {};
struct enum_ : seq<one<'('>, list<enum_option, one<'|'>>, one<')'>> {};
struct hole_regex : seq<one<'/'>, regex_body, one<'/'>> {};
struct optional_mark : one<'?'> {};
struct holetype : seq<sor<enum_, hole_regex, typename_>, opt<optional_mark>> {};
struct hole_skip : one<'*'> {};
struct hole_name : ident {};
struct hole_let : seq<one<'@'>, hole_name> {};
struct hole_param : seq<one<'$'>, hole_name> {};
struct hole_typed : seq<opt<hole_name>, one<':'>, must<holetype>> {};
struct hole_body : sor<hole_skip, hole_let, hole_param, hole_typed, hole_name> {};
struct hole_close : one<'}'> {};
struct hole : if_must<one<'{'>, hole_body, hole_close> {};
struct brace : sor<TAO_PEGTL_STRING("{{"), TAO_PEGTL_STRING("}}")> {};
struct second_brace : failure {};
struct stray_brace : seq<one<'}'>, second_brace> {};
struct escape : seq<one<'\\'>, sor<seq<one<'x'>, xdigit, xdigit>, not_one<'\n'>>> {};
struct quoted_run : plus<not_one<'"', '{', '}', '\\', '\n'>> {};
struct ticked_run : plus<not_one<'`', '{', '}', '\n'>> {};
struct close_quote : one<'"'> {};
struct close_tick : one<'`'> {};
struct quoted : seq<one<'"'>, star<sor<brace, hole, seq<at<one<'}'>>, must<stray_brace>>, escape, quoted_run>>, must<close_quote>> {};
struct ticked : seq<one<'`'>, star<sor<brace, hole, seq<at<one<'}'>>, must<stray_brace>>, ticked_run>>, must<close_tick>> {};
struct text : seq<sor<quoted, ticked>, flags, must<flags_end>> {};

// ------------------------------------------------------------ expressions
struct expr;
struct term;
struct pattern;
struct literal : sor<bytes, duration, percent, version, float_, hex, int_, string_, seq<TAO_PEGTL_STRING("true"), not_at<idch>>,
                     seq<TAO_PEGTL_STRING("false"), not_at<idch>>> {};
struct ref_name : operand {};
struct ref_field : ident {};
struct ref_index : seq<sym<'['>, expr, one<']'>> {};
struct ref : seq<tok<ref_name>, star<sor<seq<sym<'.'>, tok<ref_field>>, tok<ref_index>>>> {};
struct setlit : seq<sym<'{'>, list_must<expr, sym<','>>, must<sym<'}'>>> {};
struct callee : sor<TAO_PEGTL_STRING("prev"), TAO_PEGTL_STRING("mean"), TAO_PEGTL_STRING("min"), TAO_PEGTL_STRING("max")> {};
struct call : seq<tok<callee>, sym<'('>, expr, opt<sym<','>, tok<int_>>, sym<')'>> {};
struct has_ : seq<kw_has, ref> {};
struct group_ : seq<sym<'('>, expr, sym<')'>> {};
struct atom : sor<has_, call, tok<literal>, ref, group_> {};
struct alt : seq<atom, opt<sym<'?', '?'>, must<atom>>> {};
struct negate : seq<tok<minus>, alt> {};
struct neg : sor<negate, alt> {};
struct mul : seq<neg, star<tok<mulop>, must<neg>>> {};
struct sum : seq<mul, star<tok<addop>, must<mul>>> {};
struct not_in : kw_not {};
struct range : seq<sum, opt<sym<'.', '.'>, must<sum>>> {};
struct in_ : seq<opt<not_in>, kw_in, must<sor<setlit, range>>> {};
struct matches : seq<sym<'~'>, must<term>> {};
struct compare : seq<tok<cmpop>, must<sum>> {};
struct cmp : seq<sum, opt<sor<compare, in_, matches>>> {};
struct negated;
struct not_ : sor<negated, cmp> {};
struct negated : seq<kw_not, not_> {};
struct and_ : list_must<not_, kw_and> {};
struct expr : list_must<and_, kw_or> {};

// --------------------------------------------------------------- patterns
struct not_term : seq<sym<'!'>, must<term>> {};
struct let_term : seq<sym<'@'>, tok<name>> {};
struct paren : seq<sym<'('>, pattern, must<sym<')'>>> {};
struct searched : seq<opt<anchor>, sor<text, regex>, opt<end_>> {};
struct term : sor<not_term, paren, let_term, tok<searched>> {};
struct both : list_must<term, sym<'&'>> {};
struct pattern : list_must<both, sym<'|'>> {};

// -------------------------------------------------------------- names etc.
struct stage_axis : seq<TAO_PEGTL_STRING("stage"), at<one<'.'>>> {};
struct noderef : seq<sor<name, stage_axis>, star<one<'.'>, ident>> {};
struct names : list_must<tok<noderef>, sym<','>> {};
struct fieldref : seq<ident, star<one<'.'>, ident>> {};
struct fields : list_must<tok<fieldref>, sym<','>> {};
struct type;
struct set_of : seq<kw_set, kw_of, type> {};
struct type : seq<sor<set_of, tok<seq<sor<enum_, typename_>, opt<optional_mark>>>>> {};
struct set_ : seq<tok<name>, sym<'='>, must<sor<setlit, expr>>> {};
struct span_run : kw_run {};
struct span_stream : kw_stream {};
struct span_lines : seq<tok<int_>, kw_lines> {};
struct span_param : name {};
struct span : sor<span_run, span_stream, tok<duration>, span_lines, tok<span_param>> {};
struct count_ : seq<sor<int_, name>, one<'+'>> {};
struct many_all : kw_all {};
struct many_only : seq<kw_only, tok<int_>> {};
struct many : sor<tok<count_>, many_all, many_only> {};
struct event;
struct event_any : seq<kw_any, must<tok<noderef>>> {};
struct event_or : seq<sym<'('>, list_must<event, sym<'|'>>, must<sym<')'>>> {};
struct event : sor<event_or, event_any, tok<text>, tok<noderef>> {};
struct events : list_must<event, sym<','>> {};
struct where : seq<kw_where, must<expr>> {};
struct up_to : seq<kw_up, must<kw_to, tok<int_>>> {};

// --------------------------------------------------------------- taxonomy
struct nodes;
struct node : seq<tok<name>, opt<tok<string_>>, opt<sym<'['>, list_must<set_, sym<','>>, must<sym<']'>>>, opt<nodes>> {};
struct nodes : seq<sym<'{'>, star<node>, must<sym<'}'>>> {};
struct axis_name : sor<kw_symptom, kw_cause, kw_stage, kw_outcome> {};
struct axis : seq<axis_name, must<nodes>> {};
struct attr : seq<kw_attr, must<tok<name>, sym<':'>, type>, opt<sym<'='>, must<tok<literal>>>> {};
struct taxonomy : seq<kw_taxonomy, must<tok<name>, sym<'{'>, star<attr>, plus<axis>, sym<'}'>>> {};

// -------------------------------------------------------- sources, blocks
struct source_files : seq<kw_files, list_must<tok<text>, sym<','>>> {};
struct source_like : seq<kw_like, must<names>> {};
struct source_prefix : seq<kw_prefix, must<pattern>> {};
struct json_name : ident {};
struct jfield : seq<tok<json_name>, tok<string_>> {};
struct source_json : seq<kw_json, list_must<jfield, sym<','>>> {};
struct source_line : seq<kw_line, must<pattern>> {};
struct source_run : seq<kw_run, must<pattern>> {};
struct source_drop : seq<kw_drop, must<pattern>> {};
struct key_name : ident {};
struct key : seq<tok<key_name>, opt<up_to>> {};
struct source_key : seq<kw_key, list_must<key, sym<','>>> {};
struct clock_name : ident {};
struct source_clock : seq<kw_clock, must<tok<clock_name>>, opt<kw_skew, must<tok<duration>>>> {};
struct sourcecl : sor<source_files, source_like, source_prefix, source_json, source_line, source_run, source_drop, source_key, source_clock> {};
struct source : seq<kw_source, must<tok<name>, plus<sourcecl>>> {};
struct block_open : seq<kw_open, must<pattern>> {};
struct block_body : seq<kw_body, must<pattern>> {};
struct block_close : seq<kw_close, must<pattern>> {};
struct block_chain : seq<kw_chain, must<pattern>> {};
struct block_quiet : kw_quiet {};
struct block_max : seq<kw_max, must<tok<int_>, kw_lines>> {};
struct blockcl : sor<block_open, block_body, block_close, block_chain, block_quiet, block_max> {};
struct block : seq<kw_block, must<tok<name>>, opt<block_quiet>, must<plus<blockcl>>> {};
struct stage : seq<kw_stage, must<tok<noderef>, kw_from, event, kw_to, event>, opt<kw_by, must<fields>>> {};

// ------------------------------------------------------ signatures, rules
struct lookup : seq<tok<name>, sym<'['>, expr, sym<']'>, sym<'.'>, tok<name>> {};
struct verdict : sor<lookup, tok<noderef>> {};
struct class_ : seq<sym<':'>, list_must<verdict, sym<','>>> {};
struct in_names : seq<kw_in, must<names>> {};
struct cl_over : seq<kw_over, must<names>> {};
struct cl_group : seq<kw_group, must<kw_by, fields>> {};
struct cl_note : seq<kw_note, must<tok<string_>>> {};
struct cl_see : seq<kw_see, must<tok<string_>>> {};
struct role_name : sor<kw_root, kw_cascade, kw_confirm, kw_context> {};
struct cl_role : seq<kw_role, must<role_name>> {};
struct back : seq<kw_back, must<span>> {};
struct for_ : seq<kw_for, must<span>> {};
struct cl_explains : seq<kw_explains, must<events>, opt<back>, opt<for_>> {};
struct cl_clears : seq<kw_clears, must<events>, opt<back>> {};
struct cl_allow : seq<kw_allow, must<tok<code>, tok<string_>>> {};
struct common : sor<cl_over, cl_group, cl_note, cl_see, cl_role, cl_explains, cl_clears, cl_allow> {};
struct cl_hit : seq<kw_hit, must<tok<string_>>, opt<kw_gives, must<expr>>> {};
struct cl_miss : seq<kw_miss, must<tok<string_>>> {};
struct sigcl : sor<where, common, cl_hit, cl_miss> {};
struct sig : seq<kw_sig, must<tok<name>>, opt<class_>, opt<in_names>, must<pattern>, star<sigcl>> {};
struct cl_within : seq<kw_within, list_must<span, sym<','>>> {};
struct cl_by : seq<kw_by, must<fields>, opt<up_to>> {};
struct cl_during : seq<kw_during, must<tok<noderef>>> {};
struct cl_at : seq<kw_at, must<tok<name>>> {};
struct rulecl : sor<cl_within, cl_by, cl_during, cl_at, common> {};
struct or_eof : seq<kw_or, kw_eof> {};
struct hold : sor<seq<for_, opt<or_eof>>, or_eof> {};
struct step_no : seq<kw_no, must<event>, opt<where>, opt<hold>, opt<where>> {};
struct step_last : kw_last {};
struct alias : seq<name, sp, one<':'>> {};
struct from_ : seq<kw_from, must<many>, opt<tok<name>>> {};
struct step_some : seq<opt<step_last>, opt<tok<alias>>, opt<tok<count_>>, event, opt<from_>, opt<where>> {};
struct step : sor<step_no, step_some> {};
struct group : list_must<step, sym<'&'>> {};
struct rule_ : seq<kw_rule, must<tok<name>>, opt<class_>, must<kw_when>, list_must<group, sym<'-', '>'>>, star<rulecl>> {};

// ------------------------------------------------------------------ reuse
struct item;
struct param : seq<kw_param, must<tok<name>, sym<':'>, type, sym<'='>, sor<setlit, expr>>> {};
struct let : seq<kw_let, must<tok<name>, sym<'='>, pattern>> {};
struct field : seq<tok<name>, sym<':'>, type> {};
struct cell : seq<opt<tok<minus>>, sor<tok<literal>, tok<noderef>>> {};
struct otherwise : seq<kw_else, plus<cell>> {};
struct table : seq<kw_table, must<tok<name>, sym<'('>, list_must<field, sym<','>>, sym<')'>, sym<'{'>, plus<cell>, opt<otherwise>, sym<'}'>>> {};
struct template_ : seq<kw_template, must<tok<name>, sym<'('>, list_must<field, sym<','>>, sym<')'>, plus<item>, kw_end>> {};
struct apply : seq<kw_apply, must<tok<name>, sym<'('>, list_must<expr, sym<','>>, sym<')'>, kw_as, tok<name>>> {};

// ------------------------------------------------------------------ tests
struct t_raw : seq<kw_raw, must<tok<string_>>> {};
struct t_wait : seq<kw_wait, must<tok<duration>>> {};
struct t_eof : kw_eof {};
struct on_ : seq<kw_on, must<tok<noderef>>> {};
struct t_file : seq<kw_file, must<tok<string_>>, opt<on_>> {};
struct at_text : seq<kw_at, must<tok<string_>>> {};
struct gives : seq<kw_gives, must<expr>> {};
struct e_no : seq<kw_no, must<event>> {};
struct e_nothing : kw_nothing {};
struct e_outcome : seq<kw_outcome, must<tok<noderef>>> {};
struct e_root : seq<kw_root, must<tok<noderef>>, opt<at_text>> {};
struct e_event : seq<tok<noderef>, opt<at_text>, opt<gives>> {};
struct expect : seq<kw_expect, must<sor<e_no, e_nothing, e_outcome, e_root, e_event>>> {};
struct testcl : sor<tok<rawline>, t_raw, t_wait, t_eof, t_file, expect> {};
struct test : seq<kw_test, must<tok<string_>>, opt<on_>, plus<testcl>> {};

// ------------------------------------------------------------------- file
struct item : sor<taxonomy, source, block, table, param, let, template_, apply, sig, rule_, stage, test> {};
struct edition : seq<kw_edition, must<tok<int_>>> {};
struct pack : seq<kw_pack, must<tok<packname>, tok<version>>> {};
struct use_as : seq<kw_as, must<tok<name>>> {};
struct use_with : seq<kw_with, list_must<set_, sym<','>>> {};
struct use : seq<kw_use, must<tok<string_>>, opt<use_as>, opt<use_with>> {};
struct top : sor<use, item> {};
struct file_ : seq<sp, opt<edition>, opt<pack>, star<top>, must<eof>> {};
// clang-format on

}  // namespace telltale::grammar
