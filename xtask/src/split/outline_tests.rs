//! A function without what it never came to does what it did with it.

use super::{Profile, module::Module, outline, probed, profile, split, tests::node};
use std::collections::BTreeSet;
use wasm_encoder::{
    BlockType, CodeSection, ExportKind, ExportSection, Function, FunctionSection, InstructionSink,
    Module as Writer, NameMap, NameSection, TypeSection, ValType,
};

/// Adds up the numbers from the first until it has come to as many as the second says. Past 50 it does other
/// things: it goes on, begins anew, gives up, fails or returns at once.
fn walk(code: &mut InstructionSink) {
    let (x, n, sum) = (0, 1, 2);
    code.block(BlockType::Empty)
        .block(BlockType::Empty)
        .loop_(BlockType::Empty)
        .local_get(n)
        .i32_eqz()
        .br_if(2)
        .local_get(n)
        .i32_const(1)
        .i32_sub()
        .local_set(n)
        .block(BlockType::Empty)
        .local_get(x)
        .i32_const(50)
        .i32_lt_u()
        .br_if(0);
    // From here on nothing is come to with less than 50.
    code.local_get(sum)
        .local_get(x)
        .i32_const(3333)
        .i32_mul()
        .i32_add()
        .local_set(sum)
        .local_get(x)
        .i32_const(100)
        .i32_gt_u()
        .br_if(2);
    code.block(BlockType::Empty)
        .local_get(x)
        .i32_const(70)
        .i32_sub()
        .br_table([0, 2, 3], 1)
        .end()
        .local_get(sum)
        .i32_const(7)
        .i32_mul()
        .local_set(sum)
        .local_get(x)
        .i32_const(30)
        .i32_add()
        .local_set(x)
        .br(1)
        .end();
    code.local_get(sum)
        .local_get(x)
        .i32_add()
        .local_set(sum)
        .local_get(x)
        .i32_const(1)
        .i32_add()
        .local_set(x)
        .br(0)
        .end()
        .end();
    // Given up.
    code.local_get(sum)
        .i32_const(1_000_000)
        .i32_lt_u()
        .if_(BlockType::Empty)
        .local_get(sum)
        .local_get(x)
        .i32_mul();
    for _ in 0..5 {
        code.i32_const(77_777).i32_add().i32_const(12_345).i32_xor();
    }
    code.return_().end();
    code.local_get(sum)
        .i32_const(2_000_000)
        .i32_gt_u()
        .if_(BlockType::Empty);
    for number in 0..20 {
        code.i32_const(number).global_set(0);
    }
    code.unreachable().end().end();
    code.local_get(sum);
}

fn whole() -> Vec<u8> {
    let i32 = ValType::I32;
    let mut types = TypeSection::new();
    types.ty().function([], []);
    types.ty().function([i32, i32], [i32]);
    let mut functions = FunctionSection::new();
    functions.function(0).function(1);
    let mut globals = wasm_encoder::GlobalSection::new();
    let kind = wasm_encoder::GlobalType {
        val_type: i32,
        mutable: true,
        shared: false,
    };
    globals.global(kind, &wasm_encoder::ConstExpr::i32_const(0));
    let mut tables = wasm_encoder::TableSection::new();
    tables.table(wasm_encoder::TableType {
        element_type: wasm_encoder::RefType::FUNCREF,
        minimum: 0,
        maximum: None,
        table64: false,
        shared: false,
    });
    let mut memories = wasm_encoder::MemorySection::new();
    memories.memory(wasm_encoder::MemoryType {
        minimum: 1,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    let mut exports = ExportSection::new();
    exports.export("loadLater", ExportKind::Func, 0);
    exports.export("walk", ExportKind::Func, 1);
    let mut code = CodeSection::new();
    let mut nothing = Function::new([]);
    nothing.instructions().end();
    code.function(&nothing);
    let mut function = Function::new([(1, i32)]);
    walk(&mut function.instructions());
    function.instructions().end();
    code.function(&function);
    let mut names = NameMap::new();
    names.append(0, "loadLater");
    names.append(1, "app::walk");
    let mut naming = NameSection::new();
    naming.functions(&names);
    let mut module = Writer::new();
    module
        .section(&types)
        .section(&functions)
        .section(&tables)
        .section(&memories)
        .section(&globals)
        .section(&exports)
        .section(&code)
        .section(&naming);
    module.finish()
}

/// What ran when it was called with numbers up to 20.
fn looked_at() -> Profile {
    let probed = probed(&whole()).expect("it can be probed");
    let ran = node(&format!(
        "const {{ exports }} = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array({probed:?})));
        for (let x = 0; x < 20; x += 1) exports.walk(x, 7);
        const ran = Object.keys(exports).filter((name) => exports[name].value === 1);
        console.log(ran.map((name) => name.slice(4)).join());"
    ));
    let ran: BTreeSet<u32> = ran
        .split(',')
        .filter_map(|number| number.parse().ok())
        .collect();
    let written = |long_run: &BTreeSet<u32>| {
        let profile = profile(&whole(), &ran, long_run).expect("it can be read");
        profile.write()
    };
    let text = written(&BTreeSet::new());
    assert!(text.starts_with("app::walk\t"), "{text}");
    // What a long run comes to stays in the opening's functions; it makes no other one of the opening's.
    assert_eq!(written(&(0..1_000).collect()), "app::walk\n");
    Profile::read(&text)
}

#[test]
fn what_is_taken_out_does_what_it_did() {
    let parts = split(&whole(), None, &looked_at()).expect("it can be parted");
    let answers = node(&format!(
        "let loads = 0;
        const make = (bytes, imports) => new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(bytes)), imports).exports;
        const whole = make({:?}), first = make({:?});
        make({:?}, {{ '': first }});
        const tried = (walk, ...given) => {{ try {{ return walk(...given); }} catch (error) {{ return error.message; }} }};
        const told = new Set();
        for (let x = 0; x < 130; x += 1) for (let n = 0; n < 90; n += 1) {{
            const [is, was] = [first, whole].map(({{ walk }}) => tried(walk, x, n));
            if (is !== was) throw `${{x}}, ${{n}}: ${{is}} instead of ${{was}}`;
            told.add(typeof is);
        }}
        console.log([...told].join());",
        whole(), parts.first, parts.later
    ));
    assert_eq!(answers, "number,string");
}

#[test]
fn only_what_was_never_come_to_is_taken_out() {
    let code = whole();
    let module = Module::read(&code).expect("it is a module");
    let outlined = outline::write(&code, &module, &looked_at()).expect("it can be outlined");
    let outlined = Module::read(&outlined).expect("it is a module");
    let names: Vec<&str> = outlined.functions.iter().map(|each| each.name).collect();
    assert_eq!(names[..2], ["loadLater", "app::walk"]);
    assert_eq!(names.len(), 5, "{names:?}");
    assert!(
        names[2..]
            .iter()
            .all(|name| outline::owner(name) == "app::walk")
    );
    let has = |number: usize, value: u32| outlined.functions[number].uses.numbers.contains(&value);
    assert!(has(1, 50) && !has(1, 3333) && !has(1, 77_777));
    assert!(has(2, 3333) && has(3, 77_777) && has(4, 19));
}

#[test]
fn a_function_that_was_compiled_otherwise_stays_whole() {
    let text = looked_at().write();
    let (name, shape) = text.trim().split_once('\t').expect("it has pieces");
    let other = Profile::read(&format!("{name}\t0{}\n", &shape[1..]));
    let code = whole();
    let module = Module::read(&code).expect("it is a module");
    let same = outline::write(&code, &module, &other).expect("it can be outlined");
    assert_eq!(
        Module::read(&same).expect("it is a module").functions.len(),
        2
    );
}
